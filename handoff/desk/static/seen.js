// Tells the server how far the agent has read, so that the visitor knows that the words arrived.

import { ApiError, request } from "./api.js";

/** Of one agent; asks the page what is on the screen each time something may have changed. */
export class SeenByAgent {
  /** @param {function(): ({id: string, seq: number}|null)} look what is visible now, where that is to be told */
  constructor(look) {
    this.look = look;
    this.told = new Map(); // handoff -> the highest number that was told
    document.addEventListener("visibilitychange", () => this.check());
    addEventListener("focus", () => this.check());
  }

  /** Something was scrolled, loaded or looked at. */
  async check() {
    if (document.visibilityState !== "visible") return;
    const now = this.look();
    if (!now || now.seq <= (this.told.get(now.id) || 0)) return;
    const before = this.told.get(now.id) || 0;
    this.told.set(now.id, now.seq);
    try {
      await request("POST", `/handoffs/${encodeURIComponent(now.id)}/seen`, { seq: now.seq });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.told.set(now.id, before); // told with the next occasion
    }
  }
}
