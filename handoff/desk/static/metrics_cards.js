// The numbers, by the question that they answer. Each leads to the conversations behind it.

import { el } from "./dom.js";
import { addressOf } from "./metrics_address.js";
import { changeOf, doubtWords, populationWords, valueWords } from "./metrics_words.js";

/** Which metrics answer which question; those that are in none come last, below "More". */
export const QUESTIONS = {
  help: ["visits", "containment", "honest_containment", "handoffs", "handoff_rate"],
  speed: ["first_reply_open_median", "first_reply_open_p90", "first_reply_median", "first_reply_p90", "resolution_median"],
  happy: ["csat_handoff", "csat_assistant"],
  buy: ["conversion_assistant", "conversion_handoff", "conversion_value"],
  wrong: ["fallback_rate", "wrong_answer_rate", "repeat_rate", "missed_rate", "abandoned_rate"],
};

const known = new Set(Object.values(QUESTIONS).flat());

/** The metrics of a question, in its order. */
export function metricsOf(question, metrics) {
  if (question === "more") return metrics.filter((one) => !known.has(one.name));
  return QUESTIONS[question].map((name) => metrics.find((one) => one.name === name)).filter(Boolean);
}

/** One number as a list item, for `view`: label, value, what it is made of, how it changed, and what it counts. */
export function metricCard(metric, view) {
  const about = el("div", { class: "metric__about", id: `about-${metric.name}`, hidden: true }, el("p", { text: metric.help }), metric.note && el("p", { text: metric.note }));
  const what = el("button", { class: "metric__what", type: "button", "aria-expanded": "false", "aria-controls": about.id, "aria-label": `What is \u201c${metric.label}\u201d?`, title: "What is this?", text: "?" });
  what.addEventListener("click", () => {
    about.hidden = !about.hidden;
    what.setAttribute("aria-expanded", String(!about.hidden));
  });
  return el("li", { class: "metric", data: { metric: metric.name } },
    el("div", { class: "metric__head" }, el("h3", { class: "metric__label", text: metric.label }), what),
    el("p", { class: "metric__value" }, valueLink(metric, view)),
    metricMade(metric), metricChange(metric), about);
}

/** A change as what to put into an element: an arrow for the eye, and the words. */
export function changeParts({ words, up }) {
  return [up !== null && el("span", { class: "metric__mark", "aria-hidden": "true", text: up ? "\u25b2" : "\u25bc" }), words];
}

function valueLink(metric, view) {
  const words = valueWords(metric.value, metric.unit, metric.currency);
  if (!metric.drill || metric.value === null) return el("span", { class: metric.value === null ? "muted" : null, text: words });
  return el("a", { href: addressOf({ ...view, metric: metric.name, visit: null }), data: { view: "", key: metric.name }, "aria-label": `${metric.label}: ${words}, show conversations`, text: words });
}

function metricMade(metric) {
  const words = metric.denominator || !metric.note ? [populationWords(metric), doubtWords(metric)].filter(Boolean).join(". ") : metric.note;
  return words ? el("p", { class: "metric__made", text: words }) : null;
}

function metricChange(metric) {
  const change = changeOf(metric);
  return el("p", { class: "metric__change", data: { kind: change.kind } }, ...changeParts(change));
}
