// Where an agent writes: to the visitor, or an internal note. The two have a text each, look different and say in words
// where it goes, so that a note is never sent by mistake.

import { CannedPicker } from "./canned_picker.js";
import { byId } from "./dom.js";
import { draftOf, keepDraft, NOTE, REPLY } from "./outbox.js";
import { findGap, variablesOf } from "./placeholders.js";
import { Suggestions } from "./suggestions.js";
import { replyWay } from "./situation.js";
import { TypingOut } from "./typing.js";

const MOST_LINES = 8; // of the box, then it scrolls
const WORDS = {
  [REPLY]: { label: "Reply to the visitor", placeholder: "Write to the visitor", send: "Send" },
  [NOTE]: { label: "Internal note", placeholder: "Write for your team; the visitor never sees it", send: "Save note" },
};
const NOTE_HINT = "Only your team reads this. Enter saves, Shift+Enter starts a new line.";

/** `onSend(text, kind)` gets what is to be sent; `say(text)` shows what stands in the way. */
export class Composer {
  constructor({ onSend, say, announce }) {
    this.onSend = onSend;
    this.say = say;
    this.announce = announce;
    this.id = null;
    this.detail = null;
    this.mode = REPLY;
    this.typing = new TypingOut();
    this.form = byId("composer");
    this.box = byId("reply");
    this.picker = new CannedPicker({ onPick: (text) => this.insert(text), onLeave: (typed) => this.#putBack(typed) });
    this.suggestions = new Suggestions({ onInsert: (text) => this.insert(text), announce });
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.#send(); });
    this.box.addEventListener("input", () => this.#onInput());
    this.box.addEventListener("keydown", (event) => this.#onKey(event));
    this.box.addEventListener("blur", () => this.typing.stop());
    byId("canned-open").addEventListener("click", () => this.openCanned());
    for (const radio of this.form.querySelectorAll("[name=mode]")) {
      radio.addEventListener("change", () => this.setMode(radio.value)); // by arrow key: the focus stays here
      radio.labels[0].addEventListener("click", (event) => {
        event.preventDefault();
        this.setMode(radio.value, { focus: true });
      });
    }
  }

  /** What the agent has written for the visitor and not sent. */
  get reply() {
    return this.mode === REPLY ? this.box.value : draftOf(this.id, REPLY);
  }

  /** Another conversation: its own drafts. Where a note was begun and no reply, the note is shown. */
  enter(id) {
    this.leave();
    this.id = id;
    this.mode = draftOf(id, NOTE) && !draftOf(id, REPLY) ? NOTE : REPLY;
    this.box.value = draftOf(id, this.mode);
    this.#fit();
  }

  /** The conversation is left; what was typed is kept. */
  leave() {
    this.typing.stop();
    this.picker.close();
    this.id = null;
    this.detail = null;
  }

  /** Show what holds now. */
  update(detail) {
    this.detail = detail;
    this.way = replyWay(detail);
    const isReply = this.mode === REPLY;
    const can = isReply ? this.way.can : true;
    const words = WORDS[this.mode];
    this.form.dataset.mode = this.mode;
    this.form.dataset.off = String(!can);
    this.form.dataset.away = String(isReply && this.way.can && this.way.away);
    this.box.disabled = !can;
    this.box.placeholder = can ? words.placeholder : "";
    byId("reply-label").textContent = words.label;
    byId("send").disabled = !can;
    byId("send").textContent = words.send;
    byId("canned-open").hidden = !(isReply && can);
    byId(`mode-${this.mode}`).checked = true;
    this.#hint(isReply ? this.way.words : [NOTE_HINT]);
    this.suggestions.show(this.id, detail.suggestions || [], isReply && can);
  }

  /** Write to the visitor ("reply") or for the team ("note"); each has its own text. */
  setMode(mode, { focus = false } = {}) {
    if (!this.detail) return;
    if (mode !== this.mode) {
      this.#keep();
      this.typing.stop();
      this.picker.close();
      this.mode = mode;
      this.box.value = draftOf(this.id, mode);
      this.update(this.detail);
      this.#fit();
      this.announce(mode === NOTE ? "Internal note: only your team reads it" : "Reply: the visitor reads it");
    }
    if (focus) this.focus();
  }

  /** Put the focus where one writes; false when nothing can be written. */
  focus() {
    if (this.box.disabled) return false;
    this.box.focus();
    return true;
  }

  /** Open the list of canned replies; only for replies. */
  openCanned() {
    if (!this.detail || !this.way.can) return false;
    this.setMode(REPLY);
    this.picker.open(this.detail.handoff.queue, variablesOf(this.detail));
    return true;
  }

  /** Put text into the reply, in place of what is selected, and go to the first gap in it. */
  insert(text) {
    if (!this.detail || !this.way.can) return;
    this.setMode(REPLY);
    this.box.focus();
    const { selectionStart: start, selectionEnd: end } = this.box;
    this.box.setRangeText(text, start, end, "end");
    this.#onChanged();
    if (!this.#selectGap(start)) this.box.scrollTop = this.box.scrollHeight;
  }

  /** Bring back a message that could not be sent, for editing. */
  edit(item) {
    this.setMode(item.kind);
    this.box.value = [item.text, this.box.value].filter(Boolean).join("\n");
    this.#onChanged();
    this.focus();
  }

  #send() {
    const text = this.box.value.trim();
    if (!text || this.box.disabled) return;
    if (this.mode === REPLY) {
      const gap = findGap(this.box.value);
      if (gap) {
        this.say(`Fill in ${this.box.value.slice(...gap)} before sending.`);
        this.#selectGap(0);
        return;
      }
    }
    this.say("");
    this.typing.stop();
    this.box.value = "";
    this.#onChanged();
    this.onSend(text, this.mode);
    this.box.focus();
  }

  #selectGap(from) {
    const gap = findGap(this.box.value, from);
    if (!gap) return false;
    this.box.focus();
    this.box.setSelectionRange(...gap);
    return true;
  }

  #putBack(typed) {
    this.box.focus();
    if (!typed || typed === "/") return;
    this.box.setRangeText(typed, this.box.selectionStart, this.box.selectionEnd, "end");
    this.#onChanged();
  }

  #onInput() {
    // a slash at the very start; a pasted path is left alone
    if (this.mode === REPLY && this.box.value === "/") {
      this.box.value = "";
      this.#onChanged();
      this.openCanned();
      return;
    }
    this.#onChanged();
    if (this.mode === REPLY && this.box.value.trim()) this.typing.key(this.id);
    else this.typing.stop();
  }

  #onKey(event) {
    // an input method uses Enter for itself
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #onChanged() {
    this.#keep();
    this.#fit();
  }

  #keep() {
    keepDraft(this.id, this.box.value, this.mode);
  }

  // news that change nothing here must not be read out again
  #hint(words) {
    const hint = byId("composer-hint");
    const text = words.map((word) => word.textContent ?? word).join("");
    if (hint.textContent !== text) hint.replaceChildren(...words);
  }

  #fit() {
    const lines = this.box.value.split("\n").length;
    this.box.rows = Math.min(Math.max(lines, 2), MOST_LINES);
  }
}
