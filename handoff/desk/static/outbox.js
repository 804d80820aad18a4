// What an agent has typed and not yet sent, per handoff and kind. It survives a reload of the page, and leaves with the tab.

import { ApiError, request } from "./api.js";

export const REPLY = "reply"; // goes to the visitor
export const NOTE = "note"; // stays inside the team

const DRAFT = { [REPLY]: "desk.draft.", [NOTE]: "desk.draft-note." };
const UNSENT = { [REPLY]: "desk.unsent.", [NOTE]: "desk.unsent-note." };
const OURS = [...Object.values(DRAFT), ...Object.values(UNSENT)];
const ID_FIELD = { [REPLY]: "client_message_id", [NOTE]: "client_note_id" };

export const draftOf = (id, kind = REPLY) => sessionStorage.getItem(DRAFT[kind] + id) || "";

export function keepDraft(id, text, kind = REPLY) {
  if (text) sessionStorage.setItem(DRAFT[kind] + id, text);
  else sessionStorage.removeItem(DRAFT[kind] + id);
}

/** Forget everything, at logging out. */
export function forgetAll() {
  for (const key of Object.keys(sessionStorage)) if (OURS.some((prefix) => key.startsWith(prefix))) sessionStorage.removeItem(key);
}

/**
 * Replies or notes on their way to one handoff: sent one after the other, in the order they were written. Each has an id
 * of its own, which stays the same when it is tried again, so that nothing arrives twice. The two kinds never mix: what
 * was written as a note is sent to the address of notes, whatever the page shows meanwhile.
 */
export class Outbox {
  /**
   * @param {string} id the handoff
   * @param {"reply"|"note"} kind
   * @param {{onChange: function(), onSent: function()}} handlers
   */
  constructor(id, kind, { onChange, onSent }) {
    this.id = id;
    this.kind = kind;
    this.onChange = onChange;
    this.onSent = onSent;
    this.sending = false;
    const kept = JSON.parse(sessionStorage.getItem(UNSENT[kind] + id) || "[]");
    this.items = kept.map((item) => ({ ...item, kind, state: "failed", reason: "The page was reloaded before it was sent." }));
  }

  /** Whether something is left that has not reached the server. */
  get unsent() {
    return this.items.some((item) => item.state !== "sent");
  }

  /** Send a new one. */
  add(text) {
    this.items.push({ client_message_id: newId(), kind: this.kind, text, state: "sending", reason: "" });
    this.#changed();
    this.#work();
  }

  /** Try everything again that is left. */
  retry() {
    for (const item of this.items) item.state = "sending";
    this.#changed();
    this.#work();
  }

  /** Give one up. */
  discard(item) {
    this.items = this.items.filter((other) => other !== item);
    this.#changed();
  }

  /** The server's conversation holds these ids; drop what has arrived. */
  arrived(ids) {
    const left = this.items.filter((item) => !ids.has(item.client_message_id) && !ids.has(item.storedAs));
    if (left.length === this.items.length) return;
    this.items = left;
    this.#changed();
  }

  async #work() {
    if (this.sending) return;
    this.sending = true;
    for (let item; (item = this.items.find((one) => one.state === "sending")); ) {
      try {
        const body = { text: item.text, [ID_FIELD[this.kind]]: item.client_message_id };
        const answer = await request("POST", `/handoffs/${encodeURIComponent(this.id)}/${this.kind}`, body);
        // it stays until the conversation shows it, so that it never vanishes in between
        item.state = "sent";
        item.storedAs = (answer?.message || answer?.note)?.id;
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
    if (unsent.length) sessionStorage.setItem(UNSENT[this.kind] + this.id, JSON.stringify(unsent));
    else sessionStorage.removeItem(UNSENT[this.kind] + this.id);
    this.onChange();
  }
}

function newId() {
  // crypto.randomUUID exists only on https and localhost
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
