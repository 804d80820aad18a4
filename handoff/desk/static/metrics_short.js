// The page in a few sentences, for who has ten seconds.

import { el } from "./dom.js";
import { ENOUGH, changeOf, number, percent, span, valueWords } from "./metrics_words.js";

const MOST_CHANGES = 3; // what one remembers
// the changes that are worth a line here, most telling first; the others are on their cards
const TOLD = ["containment", "first_reply_open_median", "handoff_rate", "missed_rate", "abandoned_rate", "fallback_rate", "wrong_answer_rate", "repeat_rate", "conversion_handoff", "conversion_assistant"];

const big = (text) => el("strong", { text });

/** How it goes: a sentence for each of the great questions that can be answered, as what to put into a paragraph. */
export function inShort({ metrics, period }) {
  const of = Object.fromEntries(metrics.map((one) => [one.name, one]));
  const { visits, containment, handoff_rate: handed } = of;
  const parts = [big(`${number(visits.value)} ${visits.value === 1 ? "visit" : "visits"}`), ` in ${period.days === 1 ? "one day" : `${period.days} days`}. `];
  if (containment.denominator) parts.push("The assistant answered in ", ...shareOf(containment, "with a question"), ", and nobody had to step in. ");
  if (handed.denominator && !handed.numerator) parts.push("No person had to be brought in. ");
  if (handed.numerator) parts.push("A person was brought in ", big(handed.numerator === 1 ? "once" : `${number(handed.numerator)} times`), handed.denominator < ENOUGH ? ". " : ` (${percent(handed.value)}). `);
  parts.push(...replies(of), ...ratings(of));
  return parts;
}

// a percentage of a handful would sound like more than it is
function shareOf({ value, numerator, denominator }, whole) {
  return denominator < ENOUGH ? [big(number(numerator)), ` of the ${number(denominator)} ${whole}`] : [big(percent(value)), ` of those ${whole}`];
}

function replies({ first_reply_open_median: open, first_reply_median: all }) {
  if (open.value !== null) return ["Half of those who waited had a reply within ", big(span(open.value)), ", counted in opening hours. "];
  return all.value === null ? [] : ["Half of those who waited had a reply within ", big(span(all.value)), ". "];
}

function ratings({ csat_handoff: people, csat_assistant: assistant }) {
  const known = [["people", people], ["the assistant", assistant]].filter(([, one]) => one.value !== null);
  if (!known.length) return [];
  return ["Visitors rate ", ...known.flatMap(([who, one], index) => [`${index ? ", and " : ""}${who} `, big(valueWords(one.value, "score"))]), "."];
}

/**
 * Changes since the period before that are more than chance: `clear` has {metric, change} of each, see `changeOf`; where
 * there is none, `why` says so.
 */
export function clearChanges(metrics) {
  const all = TOLD.map((name) => metrics.find((one) => one.name === name)).filter(Boolean).map((metric) => ({ metric, change: changeOf(metric) }));
  const clear = all.filter(({ change }) => change.kind === "better" || change.kind === "worse").slice(0, MOST_CHANGES);
  const comparable = all.some(({ change }) => change.kind !== "none");
  return { clear, why: comparable ? "Nothing has changed by more than chance explains." : "There is too little in the days before to compare with." };
}
