// The review in words: what went wrong, what a change does, and what it would do to other questions.

import { counted } from "./words.js";

const KINDS = {
  not_understood: "not understood",
  out_of_scope: "called out of scope",
  rephrased: "asked again",
  annoyed: "annoyed by the answer",
  frustrated: "sounded frustrated",
};
const STATUSES = { draft: ["Waits for you", "chip--off"], accepted: ["Accepted", "chip--open"], dropped: ["Dropped", ""] };
const numbers = new Intl.NumberFormat("en-GB");

export const kindWords = (kind) => KINDS[kind] || kind.replaceAll("_", " ");
export const many = (number) => numbers.format(number);

/** {not_understood: 7, rephrased: 3} becomes "not understood 7, asked again 3"; one kind alone needs no number. */
export function kindsWords(kinds) {
  const found = Object.entries(kinds).filter(([, times]) => times > 0).sort(([, a], [, b]) => b - a);
  if (found.length === 1) return kindWords(found[0][0]);
  return found.map(([kind, times]) => `${kindWords(kind)} ${times}`).join(", ");
}

/** The chip of a change: its words and its look. */
export const statusChip = (status) => STATUSES[status] || [status, ""];

/** What one edit does; `label(intent)` is how people say an intent. */
export function operationWords(operation, label) {
  const examples = counted(operation.examples.length, "example");
  switch (operation.kind) {
    case "new_faq": return `A new FAQ, \u201c${operation.label || operation.name.replaceAll("_", " ")}\u201d, with ${examples} and an answer`;
    case "add_to_intent": return `${examples} more for \u201c${label(operation.intent)}\u201d`;
    case "out_of_scope": return `${examples} more of what is out of scope`;
    case "ignore": return "Messages that need nothing";
    default: return operation.kind.replaceAll("_", " ");
  }
}

/** The answer of the check in one sentence. */
export function verdict({ sentences_changed: changed, right_before: before, right_after: after, examples_before: all }) {
  if (!changed) return `No other sentence changes its answer. ${many(after)} of ${many(all)} are recognised, as before.`;
  const such = `${counted(changed, "other sentence changes its answer", "other sentences change their answer")}.`;
  if (after === before) return `${such} As many are recognised as before: ${many(after)} of ${many(all)}.`;
  const by = Math.abs(after - before);
  return `${such} ${many(after)} of ${many(all)} are recognised, ${many(by)} ${after > before ? "more" : "fewer"} than before.`;
}

/** How one of the sentences changes: [chip, look]. */
export function shiftChip({ better }) {
  if (better === true) return ["Now right", "chip--open"];
  return better === false ? ["Now wrong", "chip--bad"] : ["Other, still wrong", ""];
}

/** How the new examples fare when the classifier has not seen them. */
export function newExamplesWords(examples) {
  const right = examples.filter((one) => one.right).length;
  if (examples.length === 1) return right ? "The new example is recognised even by a classifier that has not seen it." : "A classifier that has not seen the new example takes it for something else.";
  if (right === examples.length) return `All ${right} new examples are recognised even by a classifier that has not seen them: other wordings will be too.`;
  return `${right} of ${examples.length} new examples are recognised by a classifier that has not seen them. More wordings make it surer.`;
}
