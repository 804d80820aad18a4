// The conversation. New lines are added below what is there, so that reading, scrolling and selecting go on undisturbed.

import { deliveryMarks } from "./delivery.js";
import { el } from "./dom.js";
import { noteWords } from "./event_words.js";
import { messageLine, noteLine, stepLine } from "./message_view.js";
import { dayKey, dayLabel } from "./time.js";

const NEAR_END_PIXELS = 80;
const SILENT_MILLISECONDS = 500;

/** The transcript inside `root`; `scrollerOf()` names the element that scrolls at this screen width. */
export class Transcript {
  /** `onScroll()` is called when another part of it may be on the screen. */
  constructor(root, jump, scrollerOf, onScroll = () => {}) {
    this.root = root;
    this.jump = jump;
    this.scrollerOf = scrollerOf;
    this.onScroll = onScroll;
    jump.addEventListener("click", () => this.toEnd());
    for (const node of [root, root.parentElement]) {
      node.addEventListener("scroll", () => {
        if (this.atEnd) jump.hidden = true;
        onScroll();
      }, { passive: true });
    }
    this.typing = el("p", { class: "typing", "aria-live": "off", hidden: true });
    this.clear();
  }

  /** Forget everything; another conversation follows. */
  clear() {
    this.known = new Set();
    this.lines = new Map(); // message id -> its element
    this.day = null;
    this.jump.hidden = true;
    this.pending = el("div", { class: "pending" });
    this.typing.hidden = true;
    this.root.replaceChildren(this.pending, this.typing);
  }

  /** Whether the newest line is on the screen. */
  get atEnd() {
    const scroller = this.scrollerOf();
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PIXELS;
  }

  /**
   * Add what is not there yet.
   * @param {Object} detail answer of GET /api/handoffs/{id}
   * @param {{quiet: boolean}} options quiet: the conversation has just been opened
   */
  update(detail, { quiet }) {
    const stick = this.atEnd;
    const lines = merge(detail).filter((line) => !this.known.has(line.key));
    if (quiet) this.#silent();
    for (const line of lines) {
      this.known.add(line.key);
      this.#add(line, detail);
    }
    this.#mark(detail);
    if (quiet) return;
    if (stick) this.toEnd();
    else if (lines.length) this.jump.hidden = !lines.some((line) => line.message?.from === "visitor");
  }

  /** Show what is being sent, or could not be. */
  showPending(items) {
    const stick = this.atEnd;
    this.pending.replaceChildren(...items);
    if (stick) this.toEnd();
  }

  /** Show that the visitor types, or no longer does. */
  showTyping(name) {
    const stick = this.atEnd;
    this.typing.replaceChildren(name ? `${name} is typing` : "");
    this.typing.hidden = !name;
    if (stick) this.toEnd();
  }

  /** Scroll to the newest line. */
  toEnd() {
    const scroller = this.scrollerOf();
    scroller.scrollTop = scroller.scrollHeight;
    this.jump.hidden = true;
    this.onScroll();
  }

  // what was said before is there to be read, not to be read out
  #silent() {
    this.root.setAttribute("aria-live", "off");
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => this.root.setAttribute("aria-live", "polite"), SILENT_MILLISECONDS);
  }

  #add(line, detail) {
    if (dayKey(line.at) !== this.day) {
      this.day = dayKey(line.at);
      this.pending.before(el("p", { class: "day", text: dayLabel(line.at) }));
    }
    const node = line.make(detail);
    if (line.message) this.lines.set(line.message.id, node);
    this.pending.before(node);
  }

  // "Delivered" becomes "Seen" while the line stays
  #mark(detail) {
    const marks = deliveryMarks(detail);
    for (const message of detail.messages) {
      if (message.from !== "agent") continue;
      const node = this.lines.get(message.id);
      const mark = marks.get(message.id);
      let foot = node.querySelector(".message__mark");
      if (!mark) {
        foot?.remove();
        continue;
      }
      if (!foot) {
        foot = el("p", { class: "message__mark", "aria-live": "off" });
        node.append(foot);
      }
      if (foot.textContent !== mark.text) foot.textContent = mark.text;
      foot.dataset.kind = mark.kind;
      foot.title = mark.title;
    }
  }
}

// messages in their order, with the steps of the history and the notes where they happened
function merge(detail) {
  const steps = detail.events
    .map((event, index) => ({ key: `e${index}`, at: event.at, make: () => stepLine(event), words: noteWords(event) }))
    .filter((line) => line.words);
  const notes = (detail.notes || []).map((note) => ({ key: `n${note.id}`, at: note.at, make: () => noteLine(note) }));
  const beside = [...steps, ...notes].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const lines = [];
  for (const message of detail.messages) {
    while (beside.length && Date.parse(beside[0].at) < Date.parse(message.at)) lines.push(beside.shift());
    lines.push({ key: `m${message.id}`, at: message.at, message, make: (now) => messageLine(message, now) });
  }
  return [...lines, ...beside];
}
