// The list of handoffs: grouped, ticking, walked through with the arrow keys. Rows keep their element (and the focus)
// while what they say changes.

import { el } from "./dom.js";
import { isMine, rowContent } from "./row.js";
import { duration, ticks } from "./time.js";

export { isMine, urgencyChip, waitingTime } from "./row.js";

const TICK_MILLISECONDS = 1000;
const FRESH_MILLISECONDS = 4000; // how long a new row is marked

const EMPTY = {
  open: ["Nobody is waiting.", "New handoffs appear here by themselves."],
  mine: ["You have no open conversation.", "Claim one from the list of open handoffs."],
  closed: ["Nothing is closed yet.", "Resolved and handed back conversations are kept here."],
};
const NOTHING_FOUND = ["Nothing was found.", "The search looks through names, summaries, details and what was said."];
const NOTHING_FOUND_HERE = ["Nothing was found.", "Filters leave conversations out. Clear them to search everywhere."];
const NOTHING_LEFT = ["Nothing matches these filters.", "Other conversations are hidden by them."];

// [title, which rows]: what an agent can do comes first, what others do last
const GROUPS = [
  ["Yours", (row) => row.status === "assigned" && isMine(row)],
  ["Waiting", (row) => row.status === "queued"],
  ["Follow up", (row) => row.status === "follow_up" || row.status === "missed"],
  ["Scheduled", (row) => row.status === "scheduled"],
  ["With colleagues", (row) => row.status === "assigned" && !isMine(row)],
  ["Closed", (row) => row.closed_at !== null],
];

/** The list inside `root`; `onOpen(id)` is called when a row is chosen. */
export class QueueList {
  constructor(root, { onOpen }) {
    this.root = root;
    this.onOpen = onOpen;
    this.rows = new Map();
    this.current = null;
    root.addEventListener("keydown", (event) => this.#onKey(event));
    root.addEventListener("click", (event) => this.#onClick(event));
    setInterval(() => this.#tick(), TICK_MILLISECONDS);
  }

  /**
   * Show rows.
   * @param {Object[]} handoffs rows of the API, in their order
   * @param {{tab: string, searching: boolean, narrowed: boolean}} view open, mine or closed; and whether a search or
   *   filters leave something out
   * @param {Set<string>} fresh ids that have just arrived
   */
  show(handoffs, view, fresh) {
    const focused = this.root.contains(document.activeElement) ? document.activeElement : null;
    const shown = new Set(handoffs.map((row) => row.id));
    for (const id of this.rows.keys()) if (!shown.has(id)) this.rows.delete(id);
    const sections = handoffs.length ? this.#groups(handoffs, fresh) : [this.#empty(view)];
    this.root.replaceChildren(...sections);
    this.root.setAttribute("aria-busy", "false");
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
    this.#roving();
  }

  /** Mark the row whose conversation is open. */
  select(id) {
    this.current = id;
    for (const [rowId, link] of this.rows) {
      if (rowId === id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    this.#roving();
  }

  /** Put the focus on a row, else on the first one. */
  focus(id) {
    (this.rows.get(id) || this.root.querySelector(".row"))?.focus();
  }

  /** Put the focus `step` rows further on, from the one that has it or is open. */
  move(step) {
    const links = this.#links();
    const here = links.findIndex((link) => link === document.activeElement);
    const from = here >= 0 ? here : links.findIndex((link) => link.dataset.id === this.current);
    const target = from < 0 ? 0 : Math.min(Math.max(from + step, 0), links.length - 1);
    links[target]?.focus();
    this.#roving();
  }

  #groups(handoffs, fresh) {
    const groups = GROUPS.map(([title, belongs]) => [title, handoffs.filter(belongs)]);
    return groups.filter(([, rows]) => rows.length).map(([title, rows]) => {
      const links = rows.map((row) => el("li", {}, this.#row(row, fresh.has(row.id))));
      const heading = el("h2", { class: "queue__title" }, title, el("span", { class: "count", text: String(rows.length) }));
      return el("section", { "aria-label": `${title}: ${rows.length}` }, heading, el("ul", { class: "queue__rows" }, ...links));
    });
  }

  #row(row, fresh) {
    let link = this.rows.get(row.id);
    if (!link) {
      link = el("a", { class: "row", href: `/desk/handoffs/${encodeURIComponent(row.id)}`, data: { id: row.id } });
      this.rows.set(row.id, link);
    }
    if (fresh) {
      link.classList.add("row--fresh");
      setTimeout(() => link.classList.remove("row--fresh"), FRESH_MILLISECONDS);
    }
    link.dataset.status = row.status;
    link.replaceChildren(...rowContent(row));
    if (row.id === this.current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    return link;
  }

  #empty({ tab, searching, narrowed }) {
    const found = narrowed ? NOTHING_FOUND_HERE : NOTHING_FOUND;
    const left = narrowed ? NOTHING_LEFT : EMPTY[tab];
    const [title, text] = searching ? found : left;
    return el("div", { class: "nothing nothing--list" }, el("p", { class: "nothing__title", text: title }), el("p", { class: "muted", text }));
  }

  #links() {
    return [...this.root.querySelectorAll(".row")];
  }

  // one stop for the Tab key; the arrow keys walk from there
  #roving() {
    const links = this.#links();
    const stop = links.find((link) => link === document.activeElement)
      || links.find((link) => link.dataset.id === this.current) || links[0];
    for (const link of links) link.tabIndex = link === stop ? 0 : -1;
  }

  #onKey(event) {
    const links = this.#links();
    const here = links.indexOf(document.activeElement);
    const target = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: links.length - 1 }[event.key];
    if (here < 0 || target === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    links[Math.min(Math.max(target, 0), links.length - 1)].focus();
    this.#roving();
  }

  #onClick(event) {
    const link = event.target.closest(".row");
    // a new tab stays a new tab
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.onOpen(link.dataset.id);
  }

  #tick() {
    const now = ticks();
    for (const node of this.root.querySelectorAll("[data-waiting]")) {
      const text = duration(Number(node.dataset.waiting) + now - Number(node.dataset.since));
      if (node.textContent !== text) node.textContent = text;
    }
  }
}
