// Typing, both ways. It is told while somebody types and for a few seconds after; nothing depends on it.

import { ApiError, request } from "./api.js";

const TELL_EVERY_MILLISECONDS = 3000; // the visitor's widget forgets it a little later
const IDLE_MILLISECONDS = 5000; // no key for so long: not typing any more
const FORGET_MILLISECONDS = 8000; // the visitor's side repeats it every 3 s; two may get lost

/** Tells the visitor that the agent types. */
export class TypingOut {
  constructor() {
    this.id = null; // the handoff in which the agent types now
    this.toldAt = -Infinity;
  }

  /** A key was pressed in the reply to this handoff. */
  key(id) {
    if (this.id !== id) this.stop();
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.stop(), IDLE_MILLISECONDS);
    if (this.id === id && performance.now() - this.toldAt < TELL_EVERY_MILLISECONDS) return;
    this.id = id;
    this.toldAt = performance.now();
    tell(id, true);
  }

  /** Sent, emptied, or turned to something else. */
  stop() {
    clearTimeout(this.idle);
    if (this.id === null) return;
    tell(this.id, false);
    this.id = null;
    this.toldAt = -Infinity;
  }
}

/** Whether the visitor types; `onChange(on)` is called when that changes. */
export class TypingIn {
  constructor(onChange) {
    this.onChange = onChange;
    this.on = false;
  }

  set(on) {
    clearTimeout(this.forget);
    if (on) this.forget = setTimeout(() => this.set(false), FORGET_MILLISECONDS);
    if (this.on === on) return;
    this.on = on;
    this.onChange(on);
  }
}

async function tell(id, on) {
  try {
    await request("POST", `/handoffs/${encodeURIComponent(id)}/typing`, { on });
  } catch (error) {
    // a courtesy: what is wrong with the connection or the handoff is said where it matters
    if (!(error instanceof ApiError)) throw error;
  }
}
