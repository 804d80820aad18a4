// The answer: sentences, a small table, what to copy, and the visits that change.

import { byId, copyText, el } from "./dom.js";
import { announce } from "./header.js";
import { dayLabel, clockTime, duration } from "./time.js";
import { triggerWords } from "./words.js";

const CHANGES = [
  ["more", "Person, where none came"],
  ["fewer", "No person, where one came"],
  ["earlier", "Sooner"],
  ["later", "Later"],
  ["offered", "Offered"],
  ["not_offered", "Not offered"],
];
const number = new Intl.NumberFormat("en-GB");
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }); // dates without a time

/** Show one answer of the API. */
export function showAnswer(answer) {
  const { from, to } = answer.period;
  byId("status").textContent = `${number.format(answer.visits)} ${answer.visits === 1 ? "visit" : "visits"} replayed, ${day.formatRange(new Date(from), new Date(to))}.`;
  byId("said").replaceChildren(...answer.sentences.map((text) => el("p", { text })));
  byId("caveats").replaceChildren(...answer.caveats.map((text) => el("li", { text })));
  showTable(answer.triggers);
  showSnippets(answer);
  showVisits(answer.visits_changed, answer.visits_changed_total);
}

function showTable(triggers) {
  const shown = CHANGES.filter(([kind]) => triggers.some(({ changes }) => changes[kind]));
  byId("table").hidden = !triggers.length;
  if (!triggers.length) return;
  const head = el("tr", {}, el("th", { scope: "col", text: "Why" }), ...shown.map(([, words]) => el("th", { scope: "col", text: words })));
  const rows = triggers.map(({ trigger, changes }) =>
    el("tr", {}, el("th", { scope: "row", text: triggerWords(trigger) }), ...shown.map(([kind]) => el("td", { text: number.format(changes[kind] || 0) }))));
  byId("table").replaceChildren(el("table", {}, el("caption", { text: "What changes, by reason" }), el("thead", {}, head), el("tbody", {}, ...rows)));
}

function showSnippets({ snippet, config_snippet: config }) {
  const parts = [];
  if (snippet) parts.push(snippetOf("handoff.yml", snippet, "Put this into handoff.yml and restart; no training is needed."));
  if (config) parts.push(snippetOf("config.yml", config, "Put this into config.yml in place of wrong_answers, and train."));
  byId("copies").hidden = !parts.length;
  byId("snippets").replaceChildren(...parts);
}

function snippetOf(file, text, help) {
  const copy = el("button", { class: "button button--small", type: "button", text: `Copy for ${file}` });
  copy.addEventListener("click", async () => announce((await copyText(text)) ? "Copied." : "It could not be copied. Select the text instead."));
  return el("div", { class: "snippet" }, el("p", { class: "help", text: help }), el("pre", { tabindex: "0", "aria-label": `For ${file}`, text }), copy);
}

function showVisits(visits, total) {
  byId("visits-title").hidden = !visits.length;
  byId("visits-count").textContent = number.format(total);
  byId("visits").replaceChildren(...visits.map(visitItem));
  byId("visits-more").hidden = total <= visits.length;
  byId("visits-more").textContent = `The first ${number.format(visits.length)} are shown.`;
}

function visitItem(visit) {
  const sure = visit.exact ? el("span", { class: "chip", text: "Certain" }) : el("span", { class: "chip chip--off", text: "Estimate" });
  const place = [`${dayLabel(visit.started_at)}, ${clockTime(visit.started_at)}`, visit.page].filter(Boolean).join(" \u00b7 ");
  return el("li", { class: "item" },
    el("div", { class: "item__head" }, el("span", { class: "item__title", text: whatChanges(visit) }), sure),
    el("p", { class: "item__text" }, el("a", { href: `/desk/metrics?visit=${visit.visit_id}`, text: visit.words ? `\u201c${visit.words}\u201d` : "Open the visit" })),
    el("p", { class: "muted small", text: place }));
}

function whatChanges({ change, trigger, recorded_at: was, other_at: would, seconds }) {
  const why = triggerWords(trigger);
  const apart = seconds === null ? "" : `, ${duration(seconds)} ${change === "later" ? "later" : "sooner"}`;
  return {
    more: `A person would have come at message ${would}: ${lower(why)}`,
    fewer: `No person would have come at message ${was}: ${lower(why)}`,
    earlier: `A person would have come at message ${would} instead of ${was}${apart}: ${lower(why)}`,
    later: `A person would have come at message ${would} instead of ${was}${apart}: ${lower(why)}`,
    offered: `A person would have been offered at message ${would}`,
    not_offered: `No person would have been offered at message ${would}`,
  }[change];
}

const lower = (words) => words.charAt(0).toLowerCase() + words.slice(1);
