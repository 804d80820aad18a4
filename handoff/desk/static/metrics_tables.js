// What the assistant could not answer, and who of the team had how much to do.

import { byId, el } from "./dom.js";
import { addressOf } from "./metrics_address.js";
import { csvLink } from "./metrics_breakdown.js";
import { number, span, valueWords } from "./metrics_words.js";

const OUTCOMES = { not_understood: "Not understood", out_of_scope: "Out of scope" };

/** What visitors wrote that had no answer, the most frequent first. Each leads to the review of `view`, where it is taught. */
export function showUnanswered({ unanswered }, view, csv) {
  const title = "What the assistant could not answer";
  const head = el("div", { class: "panel__head" }, el("h3", { text: title }), unanswered.length > 0 && csvLink(csv, title));
  byId("unanswered").replaceChildren(head, ...(unanswered.length
    ? [el("ol", { class: "asked" }, ...unanswered.map((one) => asked(one, view))), el("p", {}, el("a", { class: "button", href: reviewOf(view), text: "Teach the assistant" }))]
    : [el("p", { class: "muted", text: "Nothing: every message was understood." })]));
}

// the review knows days, and no filters
const reviewOf = (view, more) => addressOf({ ...view, filters: {}, metric: null, visit: null }, { path: "/desk/review", more });

function asked({ text, count, outcome, message_id: id }, view) {
  return el("li", {},
    el("a", { class: "asked__text", href: reviewOf(view, { message: id }), text: `\u201c${text}\u201d` }),
    el("span", { class: "asked__about muted" }, el("span", { text: count === 1 ? "once" : `${number(count)} times` }), `, ${(OUTCOMES[outcome] || outcome).toLowerCase()}`));
}

const AGENT_COLUMNS = [
  ["Agent", null],
  ["Taken", (one) => number(one.taken)],
  ["Replies", (one) => number(one.replies)],
  ["Resolved", (one) => number(one.resolved)],
  ["First reply", (one) => time(one.first_reply_median)],
  ["Until closed", (one) => time(one.resolution_median)],
  ["Rating", (one) => (one.rated ? `${valueWords(one.csat, "score")} (${number(one.rated)})` : "\u2013")],
  ["Most at once", (one) => number(one.most_at_once)],
];

/** How much each agent had to do. */
export function showAgents({ agents }, csv) {
  const head = el("div", { class: "panel__head" }, el("h2", { id: "agents-title", text: "Who answered" }), agents.length > 0 && csvLink(csv, "Who answered"));
  if (!agents.length) {
    byId("agents").replaceChildren(head, el("p", { class: "muted", text: "No agent took a conversation in these days." }));
    return;
  }
  byId("agents").replaceChildren(head,
    el("div", { class: "panel scrolls", tabindex: "0", role: "group", "aria-labelledby": "agents-title" },
      el("table", { class: "numbers" },
        el("thead", {}, el("tr", {}, ...AGENT_COLUMNS.map(([text]) => el("th", { scope: "col", text })))),
        el("tbody", {}, ...agents.map((one) => el("tr", {}, el("th", { scope: "row", text: one.name }), ...AGENT_COLUMNS.slice(1).map(([, words]) => el("td", { text: words(one) }))))))),
    el("p", { class: "help", text: "First reply and time until closed are medians. \u201cMost at once\u201d is how many conversations an agent had open at the same moment." }));
}

const time = (seconds) => (seconds === null ? "\u2013" : span(seconds));
