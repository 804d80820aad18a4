// The conversation. New lines are added below what is there, so that reading, scrolling and selecting go on undisturbed.

import { el } from "./dom.js";
import { clockTime, dayKey, dayLabel, fullTime } from "./time.js";
import { noteWords, percent, readable } from "./words.js";

const NEAR_END_PIXELS = 80;

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
    this.root.setAttribute("aria-live", quiet ? "off" : "polite");
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
    this.pending.replaceChildren(...items);
  }

  /** Scroll to the newest line. */
  toEnd() {
    const scroller = this.scrollerOf();
    scroller.scrollTop = scroller.scrollHeight;
    this.jump.hidden = true;
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
export function pendingMessage(item, { onRetry, onDiscard }) {
  const failed = item.state === "failed";
  const foot = failed
    ? el("p", { class: "message__state", role: "alert" }, `Not sent. ${item.reason} `,
        el("button", { type: "button", class: "button button--small", on: { click: onRetry }, text: "Try again" }), " ",
        el("button", { type: "button", class: "button button--small", on: { click: onDiscard }, text: "Discard" }))
    : el("p", { class: "message__state", text: "Sending" });
  return el("div", { class: `message message--agent message--${item.state}` }, el("p", { class: "message__text", text: item.text }), foot);
}

// messages by number, with the notes of the history where they happened
function merge(detail) {
  const lines = detail.messages.map((message) => ({ key: `m${message.id}`, at: message.at, message }));
  detail.events.forEach((event, index) => {
    const text = noteWords(event);
    if (text) lines.push({ key: `e${index}`, at: event.at, text });
  });
  return lines.sort((a, b) => (a.message && b.message ? a.message.seq - b.message.seq : Date.parse(a.at) - Date.parse(b.at)));
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
    el("p", { class: "message__meta" }, el("span", { class: "message__who", text: speaker(said, detail) }), time(said.at)),
    el("p", { class: "message__text", text: said.text }), offered, analysis(said, detail));
}

function speaker(said, detail) {
  if (said.from === "visitor") return detail.package.visitor.name || "Visitor";
  return said.from === "agent" ? said.name || "Agent" : "Assistant";
}

// what the assistant made of it, for those who want to know
function analysis(said, detail) {
  if (said.from !== "visitor" || !said.intent) return null;
  const sure = said.confidence === null ? "" : `, sure to ${percent(said.confidence)}`;
  return el("details", { class: "analysis" }, el("summary", { text: "Understood as" }),
    el("p", {}, detail.intent_labels[said.intent] || readable(said.intent), " ", el("code", { text: said.intent }), sure));
}
