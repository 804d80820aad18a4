// One visit: what was said, what the assistant made of each message, and what came of it.

import { ApiError, request } from "./api.js";
import { byId, el, showNotice, webAddress } from "./dom.js";
import { messageLine } from "./message_view.js";
import { number, pageWords, span, valueWords } from "./metrics_words.js";
import { clockTime, dayKey, dayLabel } from "./time.js";
import { readable, signalWords, statusWords } from "./words.js";

const OUTCOMES = { not_understood: "Not understood", out_of_scope: "Out of scope", form_reply: "Reply to a form", human: "Read by a person" };
const DOUBTS = { rephrased: "Probably answered wrong: the visitor asked again", frustrated: "Probably answered wrong: the visitor sounded annoyed next" };
const PAUSE_MILLISECONDS = 5 * 60 * 1000; // a silence that a reader should know of
const COUNTERS = [["answered", "answered"], ["doubts", "of these probably wrong"], ["not_understood", "not understood"], ["out_of_scope", "out of scope"], ["small_talk", "small talk"], ["frustrated", "annoyed"]];

/** Fetch a visit and show it; `isWanted()` says whether it is still the one to be shown. */
export async function showVisit(id, { isWanted, takesFocus }) {
  const body = byId("visit-body");
  body.setAttribute("aria-busy", "true");
  try {
    const visit = await request("GET", `/metrics/visits/${encodeURIComponent(id)}`);
    if (!isWanted()) return;
    showNotice(byId("visit-error"), "");
    byId("visit-title").textContent = `Visit of ${whenWords(visit.started_at)}`;
    body.replaceChildren(facts(visit), transcript(visit));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!isWanted()) return;
    byId("visit-title").textContent = "This visit cannot be shown";
    body.replaceChildren();
    showNotice(byId("visit-error"), error.message);
  } finally {
    if (isWanted()) {
      body.setAttribute("aria-busy", "false");
      if (takesFocus) byId("visit-title").focus({ preventScroll: true });
      byId("visit").parentElement.scrollTop = 0;
      if (!byId("drill-list").offsetParent) scrollTo(0, 0); // a phone shows one of list and visit
    }
  }
}

function facts(visit) {
  const { handoff, conversions, rating } = visit;
  return el("dl", { class: "facts" },
    fact("Result", result(visit)),
    handoff && fact("Handoff", handoffWords(handoff)),
    visit.page && fact("Began at", pageLink(visit.page)),
    visit.topic && fact("Topic", readable(visit.topic)),
    fact("Messages", countWords(visit.counts)),
    visit.variant && fact("Experiment", visit.variant.replace(":", ": ")),
    conversions.length > 0 && fact("Conversions", conversions.map(conversionWords).join(", ")),
    rating && fact("Rating", ratingWords(rating)),
    handoff && ratingWords(handoff) && fact("Rating", ratingWords(handoff)),
    visit.returned_at && fact("Came back", whenWords(visit.returned_at)));
}

function result({ handoff, counts }) {
  if (handoff) return `Handed over: ${handoff.trigger_label.charAt(0).toLowerCase()}${handoff.trigger_label.slice(1)}`;
  if (counts.answered) return "Answered without a person";
  return counts.not_understood || counts.out_of_scope ? "Left without an answer" : "Nothing was asked";
}

function handoffWords({ id, status, agent, queue }) {
  return el("span", {}, [statusWords(status), agent, `queue ${readable(queue)}`].filter(Boolean).join(", "), ". ",
    el("a", { href: `/desk/handoffs/${encodeURIComponent(id)}`, text: "Open it on the desk" }));
}

function pageLink(address) {
  const words = pageWords(address, "");
  return webAddress(address) ? el("a", { href: address, rel: "noreferrer", text: words }) : words;
}

function countWords(counts) {
  const parts = COUNTERS.filter(([name]) => counts[name]).map(([name, words]) => `${number(counts[name])} ${words}`);
  return parts.join(", ") || "None that the assistant read";
}

function conversionWords({ name, value, currency }) {
  return value === null ? readable(name) : `${readable(name)}, ${valueWords(value, "money", currency)}`;
}

function ratingWords({ score, comment }) {
  if (!score) return null;
  return `${score} of 5${comment ? `: \u201c${comment}\u201d` : ""}`;
}

function fact(name, value) {
  return el("div", {}, el("dt", { text: name }), el("dd", {}, value));
}

function transcript(visit) {
  const lines = [];
  let before = null;
  for (const said of visit.messages) {
    // the first day stands in the heading
    if (before && dayKey(before.at) !== dayKey(said.at)) lines.push(el("p", { class: "day", text: dayLabel(said.at) }));
    else if (before && Date.parse(said.at) - Date.parse(before.at) > PAUSE_MILLISECONDS) lines.push(el("p", { class: "step" }, el("span", { text: `${span((Date.parse(said.at) - Date.parse(before.at)) / 1000)} later` })));
    lines.push(line(said));
    before = said;
  }
  return el("div", { class: "transcript", role: "log", "aria-live": "off", "aria-label": "What was said" }, ...lines);
}

// the desk's own way to show a message, with what became of it below
function line(said) {
  const node = messageLine({ ...said, from: said.sender }, { package: { visitor: { name: null } }, intent_labels: { [said.intent]: said.intent_label } });
  const marks = [
    said.outcome && OUTCOMES[said.outcome] && el("span", { class: "mark", data: { outcome: said.outcome }, text: OUTCOMES[said.outcome] }),
    said.doubt && el("span", { class: "mark", data: { outcome: "doubt" }, text: DOUBTS[said.doubt] || readable(said.doubt) }),
    said.signals?.length > 0 && el("span", { class: "muted", text: `Signs: ${signalWords(said.signals)}` }),
    said.response && el("span", { class: "muted" }, "Response ", el("code", { text: said.response })),
  ].filter(Boolean);
  if (marks.length) node.append(el("p", { class: "marks" }, ...marks));
  return node;
}

function whenWords(iso) {
  return `${dayLabel(iso).replace("Today", "today").replace("Yesterday", "yesterday")}, ${clockTime(iso)}`;
}
