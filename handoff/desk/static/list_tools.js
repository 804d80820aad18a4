// The controls above the list: which tab, the filters, the order. What was chosen is kept: filters while the tab of the
// browser is open, the order for good.

import { byId, el } from "./dom.js";
import { keep, kept } from "./kept.js";
import { statusChoices } from "./list_view.js";

const FILTERS = "desk.filters";
const SORT = "desk.sort";

/** `onChange()` is called when the agent chose something. */
export class ListTools {
  constructor({ onChange }) {
    this.onChange = onChange;
    this.tab = "open";
    this.queue = byId("queue-filter");
    this.status = byId("status-filter");
    this.sort = byId("sort");
    this.toggle = byId("filters-button");
    this.tabs = [...document.querySelectorAll("[data-filter]")];
    for (const tab of this.tabs) tab.addEventListener("click", () => this.#choose(tab.dataset.filter));
    this.toggle.addEventListener("click", () => this.#open(byId("filters").hidden));
    for (const select of [this.queue, this.status, this.sort]) select.addEventListener("change", () => this.#changed());
    byId("filters-clear").addEventListener("click", () => this.clear());
    this.#offer();
    this.#remember();
    this.#show();
  }

  /** {tab, queue, status, sort}, for list_view.js. */
  get view() {
    return { tab: this.tab, queue: this.queue.value, status: this.status.value, sort: this.sort.value };
  }

  /** Whether a filter leaves something out. */
  get narrowed() {
    return Boolean(this.queue.value || this.status.value);
  }

  /** Show all again. */
  clear() {
    this.queue.value = "";
    this.status.value = "";
    this.#changed();
    this.toggle.focus();
  }

  /** Say how many there are on a tab. */
  count(tab, number) {
    const node = this.tabs.find((one) => one.dataset.filter === tab).querySelector(".tabs__count");
    node.textContent = number ? String(number) : "";
  }

  #choose(tab) {
    this.tab = tab;
    this.status.value = "";
    this.#offer();
    this.#changed();
  }

  #offer() {
    this.status.replaceChildren(...statusChoices(this.tab).map(([value, text]) => el("option", { value, text })));
    this.sort.disabled = this.tab === "closed"; // newest first
  }

  #open(open) {
    byId("filters").hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
  }

  #remember() {
    const { queue = "", open = false } = JSON.parse(sessionStorage.getItem(FILTERS) || "{}");
    this.queue.value = queue;
    if (this.queue.selectedIndex < 0) this.queue.value = ""; // a queue that is no more
    this.sort.value = kept(SORT) || "urgency";
    if (this.sort.selectedIndex < 0) this.sort.value = "urgency";
    this.#open(open);
  }

  #changed() {
    keep(SORT, this.sort.value);
    this.#show();
    this.onChange();
  }

  #show() {
    for (const tab of this.tabs) tab.setAttribute("aria-pressed", String(tab.dataset.filter === this.tab));
    const set = [this.queue, this.status].filter((select) => select.value).length;
    byId("filters-count").textContent = set ? String(set) : "";
    byId("filters-clear").hidden = !set;
    sessionStorage.setItem(FILTERS, JSON.stringify({ queue: this.queue.value, open: !byId("filters").hidden }));
  }
}
