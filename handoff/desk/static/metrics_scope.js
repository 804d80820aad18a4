// What is counted: the days and the filters above the page. Choosing one changes the address, and the page follows.

import { byId, el, showNotice } from "./dom.js";
import { FILTERS, daysOf } from "./metrics_address.js";
import { commonHost, longDay, pageWords } from "./metrics_words.js";
import { readable } from "./words.js";

const ALL = { topic: "All topics", queue: "All queues", trigger: "All reasons", page: "All pages", variant: "All variants" };

/** `onChange(view)` is called with what was chosen; `timezone` is the team's. */
export class Scope {
  constructor({ onChange, timezone }) {
    this.onChange = onChange;
    this.timezone = timezone;
    this.presets = [...document.querySelectorAll("[data-days]")];
    for (const button of this.presets) button.addEventListener("click", () => this.#choose({ days: Number(button.dataset.days), from: null, to: null }));
    this.own = byId("own-dates");
    this.dates = byId("dates");
    this.own.addEventListener("click", () => this.#open(this.dates.hidden));
    this.dates.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ownDates();
    });
    this.selects = Object.fromEntries(FILTERS.map((name) => [name, byId(`filter-${name}`)]));
    for (const [name, select] of Object.entries(this.selects)) {
      select.addEventListener("change", () => this.#choose({ filters: { ...this.view.filters, [name]: select.value } }));
    }
    byId("filters-clear").addEventListener("click", () => {
      this.#choose({ filters: {} });
      byId("main").focus(); // the button is gone
    });
    byId("filters-button").addEventListener("click", () => {
      const open = byId("filters").dataset.open !== "true";
      byId("filters").dataset.open = String(open);
      byId("filters-button").setAttribute("aria-expanded", String(open));
    });
  }

  /** Show what the address says. */
  show(view) {
    this.view = view;
    for (const button of this.presets) button.setAttribute("aria-pressed", String(Number(button.dataset.days) === view.days));
    this.own.setAttribute("aria-pressed", String(view.days === null));
    this.#open(view.days === null);
    const { from, to } = daysOf(view, this.timezone);
    byId("date-from").value = from;
    byId("date-to").value = to;
    for (const [name, select] of Object.entries(this.selects)) this.#select(name, select, view.filters[name] || "");
    const set = Object.keys(view.filters).length;
    byId("filters-count").textContent = set ? String(set) : "";
    byId("filters-clear").hidden = !set;
  }

  /** Offer what there is to filter by, from an answer of the API. */
  offer(options) {
    const host = commonHost(options.pages.map((one) => one.key));
    for (const [name, select] of Object.entries(this.selects)) {
      const now = this.view.filters[name] || "";
      select.replaceChildren(el("option", { value: "", text: ALL[name] }),
        ...options[`${name}s`].filter((one) => one.key).map((one) => el("option", { value: one.key, text: name === "page" ? pageWords(one.key, host) : one.label })));
      this.#select(name, select, now);
    }
  }

  /** Say which days are counted, and with which they are compared. */
  tell({ period, before }) {
    byId("period-words").textContent = `${daysWords(period)}. Compared with ${daysWords(before)}.`;
    byId("period-zone").textContent = `Days as in ${period.timezone.replaceAll("_", " ")}.`;
  }

  #select(name, select, value) {
    // what the address names stays chosen, though nobody came by it in these days
    if (value && ![...select.options].some((option) => option.value === value)) select.append(el("option", { value, text: readable(value) }));
    select.value = value;
    select.closest(".filter").hidden = select.options.length < 2; // nothing to choose from
  }

  #open(open) {
    this.dates.hidden = !open;
    this.own.setAttribute("aria-expanded", String(open));
    showNotice(byId("dates-error"), "");
  }

  #ownDates() {
    const [from, to] = [byId("date-from").value, byId("date-to").value];
    const wrong = !from || !to ? "Choose both days." : from > to ? "The first day is after the last one." : "";
    showNotice(byId("dates-error"), wrong);
    if (wrong) (from ? byId("date-to") : byId("date-from")).focus();
    else this.#choose({ days: null, from, to });
  }

  #choose(changed) {
    this.onChange({ ...this.view, ...changed, visit: null });
  }
}

function daysWords({ from, to }) {
  return from === to ? longDay(from) : `${longDay(from)} to ${longDay(to)}`;
}
