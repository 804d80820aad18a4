// The conversation. New lines are added below what is there, so that reading, scrolling and selecting go on undisturbed.

import { el } from "./dom.js";
import { clockTime, dayKey, dayLabel, fullTime } from "./time.js";
import { intentWords, noteWords, sureness } from "./words.js";

const NEAR_END_PIXELS = 80;
const SILENT_MILLISECONDS = 500;

/** The transcript inside `root`; `scrollerOf()` names the element that scrolls at this screen width. */
export class Transcript {
  constructor(root, jump, scrollerOf) {
    this.root = root;
    this.jump = jump;
    this.scrollerOf = scrollerOf;
    jump.addEventListener("click", () => this.toEnd());
    for (const node of [root, root.parentElement]) node.addEventListener("scroll", () => this.#atEnd() && (jump.hidden = true), { passive: true });
    this.clear();
  }

  /** Forget everything; another conversation follows. */
  clear() {
    this.known = new Set();
    this.notes = 0;
    this.day = null;
    this.jump.hidden = true;
    this.pending = el("div", { class: "pending" });
    this.root.replaceChildren(this.pending);
  }

  /**
   * Add what is not there yet.
   * @param {Object} detail answer of GET /api/handoffs/{id}
   * @param {{quiet: boolean}} options quiet: the conversation has just been opened
   */
  update(detail, { quiet }) {
    const stick = this.#atEnd();
    const lines = merge(detail).filter((line) => !this.known.has(line.key));
    if (quiet) this.#silent();
    for (const line of lines) {
      this.known.add(line.key);
      this.#add(line, detail);
    }
    if (quiet || !lines.length) return;
    if (stick) this.toEnd();
    else this.jump.hidden = !lines.some((line) => line.message?.from === "visitor");
  }

  /** Show what is being sent, or could not be. */
  showPending(items) {
    const stick = this.#atEnd();
    this.pending.replaceChildren(...items);
    if (stick) this.toEnd();
  }

  /** Scroll to the newest line. */
  toEnd() {
    const scroller = this.scrollerOf();
    scroller.scrollTop = scroller.scrollHeight;
    this.jump.hidden = true;
  }

  // what was said before is there to be read, not to be read out
  #silent() {
    this.root.setAttribute("aria-live", "off");
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => this.root.setAttribute("aria-live", "polite"), SILENT_MILLISECONDS);
  }

  #atEnd() {
    const scroller = this.scrollerOf();
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PIXELS;
  }

  #add(line, detail) {
    if (dayKey(line.at) !== this.day) {
      this.day = dayKey(line.at);
      this.pending.before(el("p", { class: "day", text: dayLabel(line.at) }));
    }
    this.pending.before(line.message ? message(line.message, detail) : note(line));
  }
}

/** A reply that is on its way: shown at once, and honest about where it is. */
export function pendingMessage(item, { onRetry, onEdit, onDiscard }) {
  const failed = item.state === "failed";
  const foot = failed
    ? el("p", { class: "message__state", role: "alert" }, `Not sent. ${item.reason} `,
        ...[["Try again", onRetry], ["Edit", onEdit], ["Discard", onDiscard]].map(([text, click]) => (
          el("button", { type: "button", class: "button button--small", on: { click }, text }))))
    : el("p", { class: "message__state", text: "Sending" });
  return el("div", { class: `message message--agent message--${item.state}` }, el("p", { class: "message__text", text: item.text }), foot);
}

// messages in their order, with the notes of the history where they happened
function merge(detail) {
  const notes = detail.events.map((event, index) => ({ key: `e${index}`, at: event.at, text: noteWords(event) })).filter((line) => line.text);
  const lines = [];
  for (const message of detail.messages) {
    while (notes.length && Date.parse(notes[0].at) < Date.parse(message.at)) lines.push(notes.shift());
    lines.push({ key: `m${message.id}`, at: message.at, message });
  }
  return [...lines, ...notes];
}

function time(at) {
  return el("time", { datetime: at, title: fullTime(at), text: clockTime(at) });
}

function note(line) {
  return el("p", { class: "note" }, el("span", { text: line.text }), time(line.at));
}

function message(said, detail) {
  if (said.from === "system") {
    return el("div", { class: "message message--system" }, el("p", { class: "message__text", text: said.text }),
      el("p", { class: "message__meta" }, "Told the visitor automatically, ", time(said.at)));
  }
  const offered = said.buttons.length
    ? el("p", { class: "message__offered", text: `Offered: ${said.buttons.map((button) => button.title).join(" / ")}` })
    : null;
  return el("div", { class: `message message--${said.from}` },
    el("div", { class: "message__meta" }, el("span", { class: "message__who", text: speaker(said, detail) }), time(said.at), analysis(said, detail)),
    el("p", { class: "message__text", text: said.text }), offered);
}

function speaker(said, detail) {
  if (said.from === "visitor") return detail.package.visitor.name || "Visitor";
  return said.from === "agent" ? said.name || "Agent" : "Assistant";
}

// what the assistant made of it, for those who want to know
function analysis(said, detail) {
  if (said.from !== "visitor" || !said.intent) return null;
  const [label, code] = intentWords(said.intent, detail.intent_labels);
  return el("details", { class: "analysis" }, el("summary", { text: "Understood as" }),
    el("p", {}, label, " ", code && el("code", { text: code }), said.confidence !== null && ` ${sureness(said.confidence)}`));
}
