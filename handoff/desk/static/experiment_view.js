// One experiment: the verdict first, then how far it has come, who met what, and all numbers side by side.

import { el } from "./dom.js";
import { experimentTable } from "./experiment_table.js";
import { STATE, changeWords, days, number, statusWords } from "./experiment_words.js";
import { longDay, percent } from "./metrics_words.js";
import { counted } from "./words.js";

const LONG = 60; // days; who has to wait longer looks for something else
const FOR = { better: ", for the better", worse: ", for the worse" };
const HALF = 0.5; // no larger difference of a share is ever looked for

/** An experiment of the API as an element. */
export function experimentView(found) {
  const unsound = found.balance?.sound === false; // said once, whatever the number of variants
  return el("section", { class: "experiment", "aria-label": `Experiment ${found.name}` },
    found.status !== "past" && el("div", { class: "experiment__head" }, el("h2", { text: found.name }), el("span", { class: `chip${found.status === "running" ? " chip--open" : ""}`, text: statusWords(found.status) })),
    el("p", { class: "muted", text: whenWords(found) }),
    ...(unsound ? [verdictPart({ state: "unsound", words: found.balance.words }, found)] : found.verdicts.map((verdict) => verdictPart(verdict, found))),
    found.status !== "past" && !unsound && progressPart(found),
    el("h3", { text: "Who meets what" }),
    el("ul", { class: "arms" }, ...found.variants.map((variant, place) => armPart(variant, place))),
    found.balance?.sound && found.variants.some((one) => one.conversations) && el("p", { class: "help", text: `${found.balance.words} By chance alone they would be split at least as unevenly in ${percent(found.balance.chance)} of all experiments.` }),
    el("h3", { text: "All numbers" }),
    experimentTable(found));
}

function whenWords({ status, started, ends, first_day: first, last_day: last, metric_label: label }) {
  const decides = `Decided by \u201c${label}\u201d.`;
  if (status === "waiting") return `Begins on ${longDay(started)}. ${decides}`;
  if (status === "running") return `Since ${longDay(started)}${ends ? `, until ${longDay(ends)}` : ""}. ${decides}`;
  return `${days(first, last)}. ${decides}`;
}

function verdictPart({ variant, state, words }, { verdicts, metrics }) {
  const leaning = state === "clear" ? metrics[0].differences.find((one) => one.variant === variant)?.leaning : "";
  const title = STATE[state] + (FOR[leaning] || "");
  return el("div", { class: "verdict", data: { state, leaning } },
    el("p", { class: "verdict__title", text: verdicts.length > 1 && variant ? `${variant}: ${title.toLowerCase()}` : title }), el("p", { text: words }));
}

function armPart({ name, share, changes, conversations, visits }, place) {
  const lines = changeWords(changes);
  const own = lines.length ? el("ul", { class: "arm__changes" }, ...lines.map((line) => el("li", {}, el("code", { text: line })))) : el("p", { class: "muted small", text: "Numbers as handoff.yml has them" });
  return el("li", { class: "arm item" },
    el("p", { class: "arm__name" }, el("strong", { text: name }), share !== null && el("span", { class: "muted", text: `${percent(share / 100)} of visitors` })),
    share !== null && own,
    el("p", { class: "small", text: `${counted(conversations, "visitor")}, ${counted(visits, "visit")}` }),
    place === 0 && el("p", { class: "muted small", text: "The others are compared with it." }));
}

/** How many visits it takes, how many are there, and that one decides then and not before. */
function progressPart({ plan, status, metric_label: label, variants }) {
  if (status === "waiting") return null;
  if (!plan) return el("p", { class: "help", text: "How many visits it takes can be said once 30 are there to reckon with." });
  const rows = plan.variants.map(({ variant, visits, counted: there }) =>
    el("li", { class: "progress" },
      el("span", { class: "progress__name", text: variant }),
      el("progress", { max: visits, value: Math.min(there, visits), "aria-label": `Visits of ${variant}` }),
      el("span", { class: "progress__words", text: `${number(there)} of ${number(visits)} visits` })));
  return el("div", { class: "plan" },
    el("h3", { text: "How many visits it takes" }),
    el("ul", { class: "progresses" }, ...rows),
    el("p", { text: waitWords(plan, status) }),
    plan.too_short && el("p", { class: "notice notice--error", text: "It ends before the visits are there. Let it go on for longer, or look for a larger difference." }),
    el("p", { class: "help", text: `To find a difference of ${points(plan.smallest)} in \u201c${label}\u201d four times in five, where ${percent(plan.base)} is usual ${plan.from_before ? "(the 30 days before)" : `(so far, with ${variants[0].name})`}. ${halfWords(plan)}` }),
    !plan.complete && status === "running" && el("p", { class: "help", text: "You may look every day, but decide when the visits are there: whoever stops as soon as the numbers look good finds a \u201cdifference\u201d in one of four experiments that have none. If one is clear before, the verdict says so." }));
}

function waitWords({ complete, days_left: left, ready_on: ready, visits_per_day: traffic }, status) {
  if (complete) return status === "over" ? "The planned visits are there." : "The planned visits are there: decide now.";
  if (status === "over") return "It ended before the planned visits were there.";
  if (left === null) return "There were no visits in the last two weeks, so nobody can say how long that takes.";
  const enough = left > LONG ? " That is long: a larger difference needs far fewer visits." : "";
  return `About ${counted(left, "more day", "more days")}, until ${longDay(ready)}, with ${traffic < 10 ? traffic.toFixed(1) : number(traffic)} visits a day as in the last two weeks.${enough}`;
}

// the number of visits falls with the square of the difference
function halfWords({ smallest }) {
  return smallest > HALF / 2 ? "" : `For a difference of ${points(smallest * 2)} a quarter of the visits would do.`;
}

const points = (share) => counted(Math.round(share * 1000) / 10, "point");
