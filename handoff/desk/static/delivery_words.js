// Deliveries in words: where something goes, and what it is.

const CONNECTOR = "connector:";
const WHAT = {
  open: "A new handoff", message: "Something that was said", notice: "A word for the agents there", close: "That a handoff is over", notify: "News of a new handoff",
  to_visitor: "A message for the visitor", resume: "A message for the visitor", reply: "A reply by e-mail", transcript: "A transcript by e-mail", report: "The weekly report",
};

/** The name of the live chat in "connector:team_chat"; null for the ways to visitors. */
export const connectorOf = (target) => (target?.startsWith(CONNECTOR) ? target.slice(CONNECTOR.length) : null);

/** Where something goes: "team_chat", "the visitor", "e-mail". */
export function targetWords(target) {
  return connectorOf(target) || { rasa: "the visitor", email: "e-mail" }[target] || String(target);
}

/** What is delivered. */
export const whatWords = (kind) => WHAT[kind] || "A delivery";

/** How people say the name of a connector: "the desk" for this one. */
export const placeWords = (connector) => (connector === "desk" ? "the desk" : connector);

/** Whether another live chat has it, or had it to the end. */
export const isElsewhere = (handoff) => Boolean(handoff.connector) && handoff.connector !== "desk";
