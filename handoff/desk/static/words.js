// Plain words for what the API names in snake_case. Unknown names are shown readable, so that new ones need no change.

const TRIGGERS = {
  explicit_request: "Asked for a person",
  low_confidence: "The assistant was not sure",
  frustration: "Sounds frustrated",
  sensitive_topic: "Needs a person's decision",
  sales_intent: "Question for sales",
};
const FIELDS = { email: "E-mail", order_number: "Order", phone: "Phone", name: "Name", platform: "Platform", website: "Website" };
const STATUSES = {
  queued: "Waiting", assigned: "With an agent", resolved: "Resolved", handed_back: "Handed back to the assistant", missed: "Nobody came in time",
  follow_up: "Waits for a follow-up", scheduled: "Waits for opening hours", cancelled: "Cancelled by the visitor",
};
// what handoff.yml (readable) does not name, since it is nothing that visitors ask about
const INTENTS = {
  inform: "gives a detail", request_human: "asks for a person", greet: "greets", goodbye: "says goodbye", thank: "says thanks", affirm: "says yes", deny: "says no",
  bot_challenge: "asks whether this is a bot", express_frustration: "complains", out_of_scope: "something else", nlu_fallback: "not understood",
};
const SIGNALS = { repeated_question: "asked again", repeated_fallback: "not understood again" };
// the steps of triggers.frustration in handoff.yml: mood_from, offer_from and hand_off_from, highest first
const MOODS = [[0.9, "sounds very upset"], [0.7, "sounds upset"], [0.5, "sounds annoyed"]];

/** "return_policy" becomes "Return policy". */
export function readable(name) {
  const words = String(name).replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const triggerWords = (kind) => TRIGGERS[kind] || readable(kind);
export const fieldWords = (name) => FIELDS[name] || readable(name);
export const statusWords = (status) => STATUSES[status] || readable(status);

/** ["negative_wording", "repeated_question"] becomes "negative wording, asked again". */
export const signalWords = (signals) => signals.map((name) => SIGNALS[name] || name.replaceAll("_", " ")).join(", ");

/** 0.934 becomes "93 % sure". */
export const sureness = (confidence) => `${Math.round(confidence * 100)}\u00a0%\u00a0sure`;

/** How a message sounds, from its frustration score of 0 to 1; null for one that is calm or was not scored. */
export function moodWords(score) {
  if (typeof score !== "number") return null;
  return MOODS.find(([from]) => score >= from)?.[1] || null;
}

/** [how people say an intent, its own name when that says more]. */
export function intentWords(name, labels) {
  const given = labels?.[name];
  const plain = name.replaceAll("_", " ");
  const label = given && given.toLowerCase() !== plain ? given : INTENTS[name] || readable(name);
  return [label, label.toLowerCase() === plain ? null : name];
}

/** 1 becomes "1 agent", 3 becomes "3 agents". */
export const counted = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** The first of a person's names; what one says in a chat. */
export const firstName = (name) => (name || "").trim().split(/\s+/)[0];
