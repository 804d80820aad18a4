// The list of handoffs: grouped, ticking, walked through with the arrow keys. Rows keep their element (and the focus)
// while what they say changes.

import { el } from "./dom.js";
import { duration, fullTime, ticks } from "./time.js";
import { readable } from "./words.js";

const TICK_MILLISECONDS = 1000;
const FRESH_MILLISECONDS = 4000; // how long a new row is marked

const EMPTY = {
  open: ["Nobody is waiting.", "New handoffs appear here by themselves."],
  mine: ["You have no open conversation.", "Claim one from the list of open handoffs."],
  closed: ["Nothing is closed yet.", "Resolved and handed back conversations are kept here."],
};

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
   * @param {string} filter open, mine or closed
   * @param {Set<string>} fresh ids that have just arrived
   */
  show(handoffs, filter, fresh) {
    const focused = this.root.contains(document.activeElement) ? document.activeElement : null;
    const shown = new Set(handoffs.map((row) => row.id));
    for (const id of this.rows.keys()) if (!shown.has(id)) this.rows.delete(id);
    const sections = handoffs.length ? this.#groups(handoffs, filter, fresh) : [this.#empty(filter)];
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

  #groups(handoffs, filter, fresh) {
    const groups = filter === "closed"
      ? [["Closed", handoffs]]
      : [
          ["Yours", handoffs.filter((row) => row.status === "assigned" && isMine(row))],
          ["Waiting", handoffs.filter((row) => row.status === "queued")],
          ["With colleagues", handoffs.filter((row) => row.status === "assigned" && !isMine(row))],
        ];
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

  #empty(filter) {
    const [title, text] = EMPTY[filter];
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

/** A waiting time that ticks: the server's count, and when it was received. */
export function waitingTime(seconds) {
  return el("span", { data: { waiting: String(seconds), since: String(ticks()) }, text: duration(seconds) });
}

/** The chip that says how soon, never by colour alone. */
export function urgencyChip(urgency) {
  return el("span", { class: `chip chip--${urgency.level}`, title: urgency.reasons.join(", ") }, readable(urgency.level));
}

function rowContent(row) {
  const closed = row.closed_at !== null;
  const when = row.waiting_seconds !== null
    ? el("span", { class: "row__when" }, el("span", { class: "visually-hidden", text: "Waiting " }), waitingTime(row.waiting_seconds))
    : el("span", { class: "row__when", title: fullTime(closed ? row.closed_at : row.created_at) }, whoHasIt(row));
  const unread = row.unread && !closed
    ? el("span", { class: "unread" }, String(row.unread), el("span", { class: "visually-hidden", text: row.unread === 1 ? " new message" : " new messages" }))
    : null;
  const last = row.last_message
    ? el("span", { class: "row__last" }, el("span", { class: "row__who", text: `${whoSaid(row)}: ` }), row.last_message.text)
    : null;
  return [
    el("span", { class: "row__top" }, urgencyChip(row.urgency), el("span", { class: "chip chip--topic", text: readable(row.topic) }), when),
    el("span", { class: "row__headline", text: row.headline }),
    row.urgency.reasons.length ? el("span", { class: "row__reasons", text: row.urgency.reasons.join(", ") }) : null,
    el("span", { class: "row__bottom" }, last, unread),
  ].filter(Boolean);
}

/** Whether I have this handoff, or had it. */
export function isMine(row) {
  return row.agent?.id === document.body.dataset.agentId;
}

function whoHasIt(row) {
  const name = isMine(row) ? "you" : row.agent?.name || "nobody";
  if (row.status === "assigned") return `With ${name}`;
  return `${row.status === "resolved" ? "Resolved" : "Handed back"} by ${name}`;
}

function whoSaid(row) {
  const from = row.last_message.from;
  if (from === "visitor") return row.visitor_name || "Visitor";
  return from === "agent" ? row.agent?.name.split(" ")[0] || "Agent" : "Assistant";
}
