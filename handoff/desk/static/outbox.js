// What an agent has typed and not yet sent, per handoff. It survives a reload of the page, and leaves with the tab.

import { ApiError, request } from "./api.js";

const DRAFT = "desk.draft.";
const UNSENT = "desk.unsent.";

export const draftOf = (id) => sessionStorage.getItem(DRAFT + id) || "";

export function keepDraft(id, text) {
  if (text) sessionStorage.setItem(DRAFT + id, text);
  else sessionStorage.removeItem(DRAFT + id);
}

/** Forget everything, at logging out. */
export function forgetAll() {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(DRAFT) || key.startsWith(UNSENT)) sessionStorage.removeItem(key);
}

/**
 * Replies on their way to one handoff: sent one after the other, in the order they were written. Each has its own
 * client_message_id, which stays the same when it is tried again, so that nothing arrives twice.
 */
export class Outbox {
  /**
   * @param {string} id the handoff
   * @param {{onChange: function(), onSent: function()}} handlers
   */
  constructor(id, { onChange, onSent }) {
    this.id = id;
    this.onChange = onChange;
    this.onSent = onSent;
    this.sending = false;
    const kept = JSON.parse(sessionStorage.getItem(UNSENT + id) || "[]");
    this.items = kept.map((item) => ({ ...item, state: "failed", reason: "The page was reloaded before it was sent." }));
  }

  /** Send a new reply. */
  add(text) {
    this.items.push({ client_message_id: newId(), text, state: "sending", reason: "" });
    this.#changed();
    this.#work();
  }

  /** Try everything again that is left. */
  retry() {
    for (const item of this.items) item.state = "sending";
    this.#changed();
    this.#work();
  }

  /** Give a reply up. */
  discard(item) {
    this.items = this.items.filter((other) => other !== item);
    this.#changed();
  }

  /** The server's conversation holds these; drop what has arrived. */
  arrived(messages) {
    const there = new Set(messages.filter((message) => message.from === "agent").map((message) => message.client_message_id));
    const left = this.items.filter((item) => !there.has(item.client_message_id));
    if (left.length === this.items.length) return;
    this.items = left;
    this.#changed();
  }

  async #work() {
    if (this.sending) return;
    this.sending = true;
    for (let item; (item = this.items.find((one) => one.state === "sending")); ) {
      try {
        const { client_message_id, text } = item;
        await request("POST", `/handoffs/${encodeURIComponent(this.id)}/reply`, { text, client_message_id });
        // it stays until the conversation shows it, so that it never vanishes in between
        item.state = "sent";
        this.#changed();
        this.onSent();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const waiting = this.items.filter((one) => one.state === "sending" && one !== item);
        Object.assign(item, { state: "failed", reason: error.message });
        for (const other of waiting) Object.assign(other, { state: "failed", reason: "It waits for the one before it." });
        this.#changed();
      }
    }
    this.sending = false;
  }

  #changed() {
    const unsent = this.items.filter((item) => item.state !== "sent").map(({ client_message_id, text }) => ({ client_message_id, text }));
    if (unsent.length) sessionStorage.setItem(UNSENT + this.id, JSON.stringify(unsent));
    else sessionStorage.removeItem(UNSENT + this.id);
    this.onChange();
  }
}

function newId() {
  // crypto.randomUUID exists only on https and localhost
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
