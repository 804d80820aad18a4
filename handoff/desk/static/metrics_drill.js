// The conversations behind a number: a list at the left, the visit that was opened at the right; on a phone one of them.

import { ApiError, request } from "./api.js";
import { byId, el, showNotice } from "./dom.js";
import { addressOf, queryOf } from "./metrics_address.js";
import { pageWords, valueWords, populationWords } from "./metrics_words.js";
import { showVisit } from "./metrics_visit.js";
import { clockTime, dayKey, dayLabel } from "./time.js";
import { counted, readable } from "./words.js";

/** `announce(text)` speaks to screen readers; `timezone` is the team's. */
export class Drill {
  constructor({ timezone, announce }) {
    this.timezone = timezone;
    this.announce = announce;
    this.root = byId("drill");
    this.list = byId("drill-rows");
    this.metrics = [];
    this.listed = null; // the question to the API that the list answers
    this.opened = null; // the visit that is shown
    byId("drill-more").addEventListener("click", () => this.#more());
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  get isOpen() {
    return !this.root.hidden;
  }

  /** Leave it. */
  hide() {
    this.root.hidden = true;
    this.opened = null;
  }

  /** Show the list of `view.metric` and the visit of `view.visit`, as far as there are any; `takesFocus`: somebody went there. */
  show(view, { takesFocus }) {
    const arrived = this.root.hidden || this.view.metric !== view.metric;
    this.view = view;
    this.root.hidden = false;
    this.root.dataset.has = [view.metric && "list", view.visit && "visit"].filter(Boolean).join(" ");
    byId("drill-back").href = addressOf({ ...view, metric: null, visit: null });
    byId("visit-back").href = addressOf({ ...view, visit: null });
    byId("visit-back").hidden = !view.metric;
    this.#head();
    if (arrived && takesFocus) {
      scrollTo(0, 0);
      if (!view.visit) byId("drill-title").focus({ preventScroll: true });
    }
    if (view.metric) this.#list();
    this.#visit(takesFocus);
  }

  /** Learn what the metrics are called and how they stand. */
  know({ metrics }) {
    this.metrics = metrics;
    if (this.isOpen) this.#head();
  }

  #head() {
    const metric = this.metrics.find((one) => one.name === this.view.metric);
    const title = metric?.label || (this.view.metric ? readable(this.view.metric) : "One visit");
    byId("drill-title").textContent = title;
    document.title = `${title} - Insights - Handoff desk`;
    byId("drill-value").textContent = metric ? [valueWords(metric.value, metric.unit, metric.currency), populationWords(metric)].filter(Boolean).join(": ") : "";
    byId("drill-help").textContent = metric?.help || "";
  }

  async #list() {
    const query = queryOf(this.view, this.timezone, { metric: this.view.metric });
    byId("drill-csv").href = `/api/metrics.csv?${query}&table=conversations`;
    if (query === this.listed) {
      this.#mark();
      return;
    }
    this.listed = query;
    this.next = null;
    this.day = null;
    this.list.replaceChildren();
    byId("drill-count").textContent = "Looking them up";
    await this.#fetch(query);
  }

  async #more() {
    const button = byId("drill-more");
    if (!this.next || button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    const before = this.list.querySelectorAll("a").length;
    await this.#fetch(this.listed, this.next);
    button.removeAttribute("aria-disabled");
    this.list.querySelectorAll("a")[before]?.focus();
  }

  async #fetch(query, cursor = null) {
    byId("drill-list").setAttribute("aria-busy", "true");
    try {
      const page = await request("GET", `/metrics/conversations?${query}${cursor ? `&before=${encodeURIComponent(cursor)}` : ""}`);
      if (query !== this.listed) return; // something else was chosen meanwhile
      showNotice(byId("drill-error"), "");
      this.next = page.next;
      this.list.append(...page.rows.flatMap((row) => this.#row(row)));
      byId("drill-count").textContent = page.total ? `${counted(page.total, "conversation")}, newest first` : "No conversations in these days.";
      this.announce(byId("drill-count").textContent);
      this.#mark();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (query !== this.listed) return;
      if (!cursor) this.listed = null; // asked again when it is shown again
      byId("drill-count").textContent = "";
      showNotice(byId("drill-error"), error.message);
    } finally {
      byId("drill-list").setAttribute("aria-busy", "false");
      byId("drill-more").hidden = !this.next;
    }
  }

  #row(row) {
    const day = dayKey(row.started_at) === this.day ? null : el("li", { class: "found__day", text: dayLabel(row.started_at) });
    this.day = dayKey(row.started_at);
    const about = [row.topic && readable(row.topic), row.page && pageWords(row.page, host(row.page))].filter(Boolean).join(", ");
    const inside = [
      el("span", { class: "found__top" }, el("time", { datetime: row.started_at, text: clockTime(row.started_at) }), about && el("span", { text: about })),
      el("span", { class: "found__words", text: row.words || "Nothing was written" }),
      row.why && el("span", { class: "found__why", text: row.why }),
    ];
    const link = row.visit_id
      ? el("a", { class: "found", href: addressOf({ ...this.view, visit: String(row.visit_id) }), data: { view: "", visit: String(row.visit_id) } }, ...inside)
      : el("a", { class: "found", href: `/desk/handoffs/${encodeURIComponent(row.handoff_id)}` }, ...inside);
    return [day, el("li", {}, link)].filter(Boolean);
  }

  #mark() {
    for (const link of this.list.querySelectorAll("[data-visit]")) {
      link.dataset.visit === this.view.visit ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    }
  }

  #visit(takesFocus) {
    const before = this.opened;
    const { visit } = this.view;
    this.opened = visit;
    byId("visit").hidden = !visit;
    byId("visit-none").hidden = Boolean(visit) || !this.view.metric;
    if (visit && visit !== before) showVisit(visit, { isWanted: () => this.opened === visit, takesFocus });
    if (!visit && before) this.list.querySelector(`[data-visit="${before}"]`)?.focus();
  }

  // Escape goes one step back, as everywhere on the desk
  #key(event) {
    if (event.key !== "Escape" || event.defaultPrevented || !this.isOpen || document.querySelector("dialog[open]") || event.target.closest("input, select")) return;
    event.preventDefault();
    (this.view.visit && this.view.metric ? byId("visit-back") : byId("drill-back")).click();
  }
}

const host = (url) => (URL.canParse(url) ? new URL(url).host : "");
