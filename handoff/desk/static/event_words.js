// What happened to a handoff, in words: for the lines between the messages, and for the whole history.

import { placeWords, targetWords, whatWords } from "./delivery_words.js";
import { momentWords } from "./moments.js";
import { readable, triggerWords } from "./words.js";

/** Who did it: an agent by name, else the side of the house that it was, or the live chat. */
export function actorWords(event) {
  if (event.data?.name) return event.data.name;
  const [side] = String(event.actor || "").split(":");
  return { visitor: "The visitor", agent: "A former agent", assistant: "The assistant", clock: "By itself, in time" }[side] || side || "The desk";
}

/** Why, where somebody or something gave a reason; else an empty string. */
export function reasonWords({ data = {} }) {
  return data.note || data.reason || data.why || "";
}

const toWhom = (data) => data.to_agent || (data.queue ? `the ${readable(data.queue)} queue` : "somebody else");
const because = (data) => (data.error ? `: ${data.error}` : "");
const opening = (data) => (data.opens_at ? momentWords(data.opens_at) : "the next opening");

// kind -> [words of the line in the conversation or null, words in the history]. What the messages show by themselves
// (what was said, who joined and left) has no line of its own.
const STEPS = {
  created: ({ data }) => both(`Handed over: ${triggerWords(data.trigger || "a person is needed").toLowerCase()}`),
  claimed: ({ data }) => (data.agent && data.agent !== data.name ? both(`Given to ${data.agent}`) : [null, "Claimed"]),
  reply: null, // the conversation itself
  message: null,
  resolved: () => [null, "Resolved"],
  handed_back: () => [null, "Handed back to the assistant"],
  released: (event) => both(`${actorWords(event)} put this back in the queue`, "Back in the queue"),
  requeued: ({ data }) => both(`Back in the queue: ${data.left || "the agent"} was away`),
  transferred: (event) => transferred(event),
  noted: () => [null, "Internal note written"],
  urgency_raised: ({ data }) => both(`Urgency is ${data.to} now`),
  details_added: () => both("The visitor gave more details"),
  scheduled: ({ data }) => both(`Outside opening hours: waits for ${opening(data)}`),
  opened: () => both("The queue has opened; this is waiting now"),
  missed: () => both("Nobody was free in time; the visitor was asked for an e-mail address"),
  follow_up: () => both("The visitor left an address for a follow-up"),
  cancelled: () => both("The visitor goes on without a person"),
  told_waiting: () => [null, "The visitor was told that it takes longer"],
  rated: ({ data }) => both(data.score ? `Rated ${data.score} of 5 by the visitor` : "The visitor skipped the rating"),
  emailed: ({ data }) => [null, `${data.messages > 1 ? `${data.messages} replies go` : "The reply goes"} by e-mail${data.to ? ` to ${data.to}` : ""}`],
  email_failed: ({ data }) => both(`The e-mail${data.to ? ` to ${data.to}` : ""} could not be sent${data.error ? `: ${data.error}` : ""}`),
  fell_back: ({ data }) => both(`${data.connector} could not be reached; ${placeWords(data.to)} has this now`, `${data.connector} could not be reached; given to ${placeWords(data.to)}${because(data)}`),
  reply_not_shown: (event) => both(`${actorWords(event)}\u2019s answer could not be shown to the visitor${because(event.data)}`),
  not_shown_there: (event) => both(`A message could not be shown in ${actorWords(event)}${because(event.data)}`),
  retried: ({ data }) => [null, `Delivery tried again: ${delivery(data)}`],
  dropped: ({ data }) => [null, `Delivery given up for good: ${delivery(data)}`],
  asked_again: () => both("The visitor asked for a person again"),
  visitor_seen: null,
};

const delivery = (data) => `${whatWords(data.what).toLowerCase()}, to ${targetWords(data.target)}`;

// within a live chat the name is the one that its agents use, and whoever takes over says so
function transferred(event) {
  const { data, actor } = event;
  if (data.to_agent && data.to_agent === data.name) return both(`${data.to_agent} took over`);
  const there = !data.name && data.queue ? `${data.queue}, in ${actorWords({ actor })}` : null;
  if (there) return both(`Passed on to ${there}`);
  return both(`${actorWords(event)} transferred this to ${toWhom(data)}`, `Transferred to ${toWhom(data)}`);
}

function both(inConversation, inHistory = inConversation) {
  return [inConversation, inHistory];
}

function words(event) {
  const known = Object.hasOwn(STEPS, event.kind) ? STEPS[event.kind] : () => [null, readable(event.kind)];
  return known ? known({ ...event, data: event.data || {} }) : [null, null];
}

/** What a step is called between the messages; null for those that the conversation shows by itself. */
export const noteWords = (event) => words(event)[0];

/** What a step is called in the history; null for what is not a step of the handoff. */
export const stepWords = (event) => words(event)[1];
