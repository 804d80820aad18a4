// Who came and what they wanted: bars for triggers, topics, queues, pages and hours. A row narrows the page to itself.

import { byId, el } from "./dom.js";
import { addressOf } from "./metrics_address.js";
import { commonHost, number, pageWords, percent } from "./metrics_words.js";

const SHOWN = 6; // rows before "Show all"
const KINDS = {
  topic: { title: "What they wanted", first: "Topic" },
  page: { title: "Where they wrote", first: "Page" },
  trigger: { title: "Why a person came in", first: "Reason" },
  queue: { title: "Which queue", first: "Queue" },
};
const HOURS_NAMED = 6; // every so many hours one is named below the bars

/** Fill the tables and the hours; `csvOf(table)` gives the address of a table's numbers. */
export function showBreakdowns({ breakdowns }, view, csvOf) {
  for (const kind of Object.keys(KINDS)) byId(`by-${kind}`).replaceChildren(...table(kind, breakdowns[kind] || [], view, csvOf(kind)));
  byId("by-hour").replaceChildren(...hours(breakdowns.hour || [], csvOf("hour")));
}

function table(kind, all, view, csv) {
  const { title, first } = KINDS[kind];
  const rows = all.filter((row) => row.visits || row.handoffs);
  const head = el("div", { class: "panel__head" }, el("h3", { text: title }), rows.length > 0 && csvLink(csv, title));
  if (!rows.length) return [head, el("p", { class: "muted", text: kind === "trigger" || kind === "queue" ? "No person was needed." : "Nothing to show." })];
  const byVisits = rows.some((row) => row.visits !== null);
  const most = Math.max(...rows.map((row) => row.visits ?? row.handoffs));
  const host = kind === "page" ? commonHost(rows.map((row) => row.key)) : "";
  const lines = rows.map((row, index) => line(kind, row, { view, most, host, byVisits, hidden: index >= SHOWN }));
  const numbers = el("table", { class: "numbers bars" },
    el("thead", {}, el("tr", {}, ...[first, ...(byVisits ? ["Visits", "Handed over"] : ["Handoffs", "Of all visits"])].map((text) => el("th", { scope: "col", text })))),
    el("tbody", {}, ...lines));
  if (rows.length <= SHOWN) return [head, numbers];
  const more = el("button", { class: "button button--small", type: "button", text: `Show all ${rows.length}` });
  more.addEventListener("click", () => {
    for (const one of lines) one.hidden = false;
    lines[SHOWN].querySelector("a")?.focus();
    more.remove();
  });
  return [head, numbers, more];
}

function line(kind, row, { view, most, host, byVisits, hidden }) {
  const words = labelWords(kind, row, host);
  const chosen = view.filters[kind] === row.key && row.key;
  const name = row.key && !chosen
    ? el("a", { href: addressOf({ ...view, filters: { ...view.filters, [kind]: row.key } }), data: { view: "" }, title: kind === "page" ? row.key : null, text: words })
    : el("span", { text: words });
  const bar = el("span", { class: byVisits ? "bar" : "bar bar--handoffs", "aria-hidden": "true" });
  bar.append(filled("bar__all", (row.visits ?? row.handoffs) / most));
  if (byVisits) bar.append(filled("bar__part", row.handoffs / most));
  return el("tr", { hidden }, el("th", { scope: "row" }, name, bar),
    ...(byVisits
      ? [cell(number(row.visits ?? 0)), cell(row.handoffs ? number(row.handoffs) : "0", row.rate)]
      : [cell(number(row.handoffs)), cell(row.rate === null ? "\u2013" : percent(row.rate))]));
}

function labelWords(kind, row, host) {
  return kind === "page" && row.key ? pageWords(row.key, host) : row.label;
}

function cell(text, rate) {
  return el("td", {}, text, typeof rate === "number" && el("span", { class: "muted bars__rate", text: percent(rate) }));
}

function filled(name, share) {
  const part = el("span", { class: name });
  part.style.width = `${share * 100}%`;
  return part;
}

function hours(rows, csv) {
  const most = Math.max(...rows.map((row) => row.visits || 0), 0);
  const head = el("div", { class: "panel__head" }, el("h3", { text: "When they came" }), most > 0 && csvLink(csv, "When they came"));
  if (!most) return [head, el("p", { class: "muted", text: "Nothing to show." })];
  const busiest = rows.reduce((best, row) => ((row.visits || 0) > (best.visits || 0) ? row : best));
  const columns = el("div", { class: "hours", "aria-hidden": "true" }, ...rows.map((row, index) => {
    const column = el("span", { class: "hours__one", title: `${hourWords(row.key)}: ${number(row.visits || 0)} visits, ${number(row.handoffs)} handed over` });
    for (const [name, value] of [["hours__all", row.visits || 0], ["hours__part", row.handoffs]]) {
      const part = el("span", { class: name });
      part.style.height = `${(value / most) * 100}%`;
      column.append(part);
    }
    return el("span", { class: "hours__column" }, column, el("span", { class: "hours__name", text: index % HOURS_NAMED ? "" : hourWords(row.key) }));
  }));
  return [head, el("p", { class: "chart__sum", text: `Most visits begin between ${hourWords(busiest.key)} and ${hourWords((Number(busiest.key) + 1) % 24)}.` }), columns,
    el("details", { class: "chart__table" }, el("summary", { text: "The numbers" }), el("table", { class: "numbers" },
      el("thead", {}, el("tr", {}, ...["Hour", "Visits", "Handed over"].map((text) => el("th", { scope: "col", text })))),
      el("tbody", {}, ...rows.map((row) => el("tr", {}, el("th", { scope: "row", text: hourWords(row.key) }), cell(number(row.visits || 0)), cell(number(row.handoffs), row.rate))))))];
}

const hourWords = (hour) => `${String(Number(hour)).padStart(2, "0")}:00`;

/** A link to a table's numbers as a file. */
export function csvLink(href, title) {
  return el("a", { class: "csv", href, download: "", "aria-label": `${title} as a CSV file`, text: "CSV" });
}
