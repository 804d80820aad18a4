// Plain words for what the API names in snake_case. Unknown names are shown readable, so that new ones need no change.

const TRIGGERS = {
  explicit_request: "Asked for a person",
  low_confidence: "The assistant was not sure",
  frustration: "Sounds frustrated",
  sensitive_topic: "Needs a person's decision",
  sales_intent: "Question for sales",
};
const FIELDS = { email: "E-mail", order_number: "Order", phone: "Phone", name: "Name", platform: "Platform", website: "Website" };
const NOTES = { urgency_raised: "Urgency raised", details_added: "The visitor gave more details" };

/** "return_policy" becomes "Return policy". */
export function readable(name) {
  const words = String(name).replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const triggerWords = (kind) => TRIGGERS[kind] || readable(kind);
export const fieldWords = (name) => FIELDS[name] || readable(name);

/** What a step in the history is called in the transcript; null for those that the conversation shows by itself. */
export function noteWords(event) {
  if (event.kind === "created") return `Handed over: ${triggerWords(event.data.trigger || "").toLowerCase()}`;
  if (event.kind === "urgency_raised") return `Urgency is ${event.data.to} now`;
  return NOTES[event.kind] || null;
}

/** 0.934 becomes "93 % sure". */
export const sureness = (confidence) => `${Math.round(confidence * 100)}\u00a0%\u00a0sure`;

/** [how people say an intent, its own name when that says more]. */
export function intentWords(name, labels) {
  const label = labels[name] || readable(name);
  return [label, label.toLowerCase() === name.replaceAll("_", " ") ? null : name];
}
