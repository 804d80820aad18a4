// The answer that the FAQ has for what the visitor asked last: shown above the reply box, inserted by one press.

import { byId } from "./dom.js";

/** `onInsert(text)` puts it into the reply; `announce(text)` speaks to screen readers. */
export class Suggestions {
  constructor({ onInsert, announce }) {
    this.announce = announce;
    this.root = byId("suggestion");
    this.hidden = new Map(); // per handoff: texts that the agent has put away
    this.items = [];
    this.at = 0;
    byId("suggestion-insert").addEventListener("click", () => onInsert(this.current.text));
    byId("suggestion-next").addEventListener("click", () => this.next());
    byId("suggestion-hide").addEventListener("click", () => this.#hide());
  }

  get current() {
    return this.items[this.at] || null;
  }

  /**
   * Show what fits.
   * @param {string} id the handoff
   * @param {Object[]} suggestions each {label, text, intent}, the likeliest first
   * @param {boolean} useful whether the agent can write a reply now
   */
  show(id, suggestions, useful) {
    const before = this.current;
    this.id = id;
    const away = this.hidden.get(id) || new Set();
    this.items = useful ? suggestions.filter((item) => !away.has(item.text)) : [];
    // the agent may be reading the second one when a message arrives
    this.at = Math.max(0, this.items.findIndex((item) => item.text === before?.text));
    this.#render();
  }

  /** The next one; with one only, it is read out again. */
  next() {
    if (!this.items.length) return false;
    this.at = (this.at + 1) % this.items.length;
    this.#render();
    this.announce(`Suggested answer: ${this.current.label}. ${this.current.text}`);
    return true;
  }

  #hide() {
    const away = this.hidden.get(this.id) || new Set();
    for (const item of this.items) away.add(item.text);
    this.hidden.set(this.id, away);
    this.items = [];
    this.#render();
    byId("reply").focus();
  }

  #render() {
    this.root.hidden = !this.current;
    if (!this.current) return;
    const many = this.items.length > 1;
    byId("suggestion-label").textContent = `Suggested: ${this.current.label}`;
    byId("suggestion-count").textContent = many ? `${this.at + 1} of ${this.items.length}` : "";
    byId("suggestion-text").textContent = this.current.text;
    byId("suggestion-next").hidden = !many;
  }
}
