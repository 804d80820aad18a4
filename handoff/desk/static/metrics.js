// The page of metrics. Its address says what is shown; every part of it only draws that.

import { ApiError, request } from "./api.js";
import { byId, el, showNotice } from "./dom.js";
import { announce } from "./header.js";
import { addressOf, queryOf, readAddress } from "./metrics_address.js";
import { showBreakdowns } from "./metrics_breakdown.js";
import { QUESTIONS, changeParts, metricCard, metricsOf } from "./metrics_cards.js";
import { Drill } from "./metrics_drill.js";
import { Scope } from "./metrics_scope.js";
import { clearChanges, inShort } from "./metrics_short.js";
import { showAgents, showUnanswered } from "./metrics_tables.js";
import { redrawTrend, showTrend } from "./metrics_trend.js";
import { startPage } from "./page.js";
import { counted } from "./words.js";

const OLD_MILLISECONDS = 5 * 60 * 1000; // a page that was left alone this long is counted anew when one comes back to it

const timezone = byId("main-part").dataset.timezone;
const scope = new Scope({ onChange: go, timezone });
const drill = new Drill({ timezone, announce });
const overview = byId("overview");

let view = readAddress();
let shown = null; // the question to the API that the overview answers
let answer = null;
let countedAt = 0;
let begun = false; // while the page is opened by its address, the focus stays where the browser has it
let cameFrom = null; // key of the link that led away from the overview, and how far that was scrolled
let narrowing = false; // a link that is drawn anew has narrowed the page; the focus has to go somewhere

function go(next) {
  history.pushState(null, "", addressOf(next));
  show();
}

function show() {
  view = readAddress();
  scope.show(view);
  const away = Boolean(view.metric || view.visit);
  const back = overview.hidden && !away;
  overview.hidden = away;
  if (away) drill.show(view, { takesFocus: begun });
  else {
    drill.hide();
    document.title = "Insights - Handoff desk";
  }
  begun = true;
  load().then(() => {
    if (back) restore();
    if (narrowing) byId("filters-clear").focus();
    narrowing = false;
  });
}

async function load() {
  const query = queryOf(view, timezone);
  if (query === shown && performance.now() - countedAt < OLD_MILLISECONDS) return;
  shown = query;
  overview.setAttribute("aria-busy", "true");
  try {
    const fresh = await request("GET", `/metrics?${query}`);
    if (query !== shown) return; // something else was chosen meanwhile
    answer = fresh;
    countedAt = performance.now();
    showNotice(byId("page-error"), "");
    draw(query);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (query !== shown) return;
    shown = null;
    showNotice(byId("page-error"), answer ? `${error.message} What you see is of the days before you chose.` : error.message);
    byId("loading").hidden = true;
    byId("again").hidden = false;
  } finally {
    if (query === shown || shown === null) overview.setAttribute("aria-busy", "false");
  }
}

function draw(query) {
  const csvOf = (table) => `/api/metrics.csv?${query}&table=${table}`;
  byId("loading").hidden = true;
  byId("again").hidden = true;
  scope.offer(answer.options);
  scope.tell(answer);
  const visits = answer.metrics.find((one) => one.name === "visits")?.value || 0;
  const handoffs = answer.metrics.find((one) => one.name === "handoffs")?.value || 0;
  const empty = !visits && !handoffs;
  byId("nothing").hidden = !empty;
  byId("content").hidden = empty;
  byId("all-csv").href = csvOf("metrics");
  if (empty) drawNothing();
  else drawContent(csvOf);
  drill.know(answer);
  if (!overview.hidden) announce(empty ? "No visits in these days" : `${counted(visits, "visit")} counted`);
}

function drawNothing() {
  const narrowed = Object.keys(view.filters).length > 0;
  byId("nothing-why").textContent = narrowed
    ? "Nothing fits these filters. Show everything, or choose more days."
    : "As soon as visitors write to the assistant, this page counts how they were helped. Choose more days if there were some before.";
}

function drawContent(csvOf) {
  byId("short").replaceChildren(...inShort(answer));
  const { clear, why } = clearChanges(answer.metrics);
  byId("changes").replaceChildren(...(clear.length
    ? clear.map(({ metric, change }) => el("li", {},
      el("a", { href: addressOf({ ...view, metric: metric.name, visit: null }), data: { view: "", key: `change-${metric.name}` }, text: metric.label }), " ",
      el("span", { class: "metric__change", data: { kind: change.kind } }, ...changeParts(change))))
    : [el("li", { text: why })]));
  for (const question of [...Object.keys(QUESTIONS), "more"]) {
    const cards = metricsOf(question, answer.metrics).map((metric) => metricCard(metric, view));
    byId(`cards-${question}`).replaceChildren(...cards);
    byId(`question-${question}`).hidden = !cards.length;
  }
  byId("no-conversions").hidden = Boolean(answer.metrics.find((one) => one.name === "conversion_value")?.denominator);
  showTrend(answer, csvOf("trend"));
  showUnanswered(answer, view, csvOf("unanswered"));
  showBreakdowns(answer, view, csvOf);
  showAgents(answer, csvOf("agents"));
}

function restore() {
  const link = cameFrom && overview.querySelector(`[data-key="${CSS.escape(cameFrom.key)}"]`);
  if (!link) return;
  scrollTo(0, cameFrom.top);
  link.focus({ preventScroll: true });
}

// links to another view of this page change it in place; a new tab stays a new tab
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-view]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
  event.preventDefault();
  if (overview.contains(link) && link.dataset.key) cameFrom = { key: link.dataset.key, top: scrollY };
  narrowing = overview.contains(link) && !link.dataset.key;
  history.pushState(null, "", link.href);
  show();
});
addEventListener("popstate", show);
byId("again").addEventListener("click", show);
byId("show-all").addEventListener("click", () => go({ ...view, days: 90, from: null, to: null, filters: {} }));
new MutationObserver(redrawTrend).observe(document.documentElement, { attributeFilter: ["data-theme"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawTrend);
document.addEventListener("visibilitychange", () => { if (!document.hidden) load(); });

startPage();
show();
