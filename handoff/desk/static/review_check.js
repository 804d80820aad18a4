// What a change would do to all other questions: the cross-validation before and after, in words.

import { el } from "./dom.js";
import { many, newExamplesWords, shiftChip, verdict } from "./review_words.js";
import { counted } from "./words.js";

const SENTENCES_SHOWN = 6;

/** The parts of the answer; `label(intent)` is how people say an intent. */
export function checkParts(numbers, label) {
  const { sentences, sentences_changed: changed, new_examples: fresh, intents, confusions } = numbers;
  const shown = sentences.filter((one) => one.better !== null).slice(0, SENTENCES_SHOWN); // the others were wrong and still are
  const rest = sentences.filter((one) => !shown.includes(one));
  const touched = intents.filter((one) => one.new || one.right_before !== one.right_after || one.examples_before !== one.examples_after);
  return [
    el("p", { class: "verdict__words", text: verdict(numbers) }),
    fresh.length > 0 && el("p", { text: newExamplesWords(fresh) }),
    missed(fresh, label),
    shown.length > 0 && el("ul", { class: "verdict__sentences" }, ...shown.map((one) => sentence(one, label))),
    rest.length > 0 && el("details", {}, el("summary", { text: `${changed - shown.length} more` }), el("ul", { class: "verdict__sentences" }, ...rest.map((one) => sentence(one, label)))),
    touched.length > 0 && table(touched),
    confusions.length > 0 && el("details", {}, el("summary", { text: "What is mixed up more often" }), el("ul", { class: "verdict__confusions small" }, ...confusions.map((one) => el("li", {
      text: `\u201c${label(one.intent)}\u201d is taken for \u201c${label(one.taken_for)}\u201d ${counted(one.after, "time")}, before ${many(one.before)}.`,
    })))),
  ].filter(Boolean);
}

function missed(examples, label) {
  const wrong = examples.filter((one) => !one.right);
  if (!wrong.length) return null;
  return el("ul", { class: "verdict__sentences" }, ...wrong.map((one) => el("li", {}, el("q", { text: one.text }), ` would be taken for \u201c${label(one.predicted)}\u201d, had it not been added.`)));
}

function sentence(one, label) {
  const [words, look] = shiftChip(one);
  return el("li", {}, el("span", { class: `chip ${look}`, text: words }), " ", el("q", { text: one.text }),
    el("span", { class: "muted small", text: ` before \u201c${label(one.before)}\u201d, now \u201c${label(one.after)}\u201d` }));
}

function table(intents) {
  const cell = (right, all) => el("td", { text: all ? `${many(right)} of ${many(all)}` : "none" });
  return el("table", { class: "verdict__table" },
    el("caption", { class: "small muted", text: "Sentences that are recognised without having been learned (cross-validation)" }),
    el("thead", {}, el("tr", {}, el("th", { scope: "col", text: "Intent" }), el("th", { scope: "col", text: "Before" }), el("th", { scope: "col", text: "With the change" }))),
    el("tbody", {}, ...intents.map((one) => el("tr", {},
      el("th", { scope: "row" }, one.label, one.new && " ", one.new && el("span", { class: "chip chip--open", text: "New" })),
      cell(one.right_before, one.examples_before), cell(one.right_after, one.examples_after)))));
}
