// Notices that somebody needs a person, on every page of the desk: title, sound, notice of the system, screen reader.

import { isMine } from "./row.js";
import { notice } from "./notify.js";
import { play } from "./sound.js";
import { readable } from "./words.js";

/** `announce(text)` speaks to screen readers; `onOpen(id)` opens what a notice was about. */
export class NewWork {
  constructor({ announce, onOpen }) {
    this.announce = announce;
    this.onOpen = onOpen;
    this.title = document.title;
    this.topics = (document.body.dataset.topics || "").split(",").filter(Boolean);
    this.known = null; // how each row was before; null until the first look, when nothing is new
  }

  /**
   * Look at the open handoffs.
   * @param {Object[]} rows
   * @returns {Set<string>} ids of those that have come since the last look
   */
  look(rows) {
    const waiting = rows.filter((row) => row.status === "queued");
    const fresh = this.known ? waiting.filter((row) => this.#isNew(row)) : [];
    const given = this.known ? rows.filter((row) => this.#isGiven(row)) : [];
    const written = this.known ? rows.filter((row) => this.#isWritten(row)) : [];
    this.known = new Map(rows.map((row) => [row.id, { status: row.status, mine: isMine(row), unread: row.unread }]));
    document.title = waiting.length ? `(${waiting.length}) ${this.title}` : this.title;
    this.#tell(fresh.filter((row) => this.#isForMe(row)), "New handoff", "new handoffs");
    this.#tell(given, "Handed to you", "conversations handed to you");
    if (written.length && !fresh.length && document.hidden) play("message");
    return new Set([...fresh, ...given].map((row) => row.id));
  }

  // it came, or came back: opened in the morning, left by a colleague; what I put back myself is no news
  #isNew(row) {
    const before = this.known.get(row.id);
    return !before || (before.status !== "queued" && !before.mine);
  }

  // a colleague had it and now it is mine; what I claim myself was waiting before
  #isGiven(row) {
    const before = this.known.get(row.id);
    return isMine(row) && row.status === "assigned" && before?.status === "assigned" && !before.mine;
  }

  #isWritten(row) {
    return isMine(row) && row.unread > (this.known.get(row.id)?.unread ?? row.unread);
  }

  #isForMe(row) {
    return !this.topics.length || this.topics.includes(row.topic) || this.topics.includes(row.queue);
  }

  #tell(rows, one, several) {
    if (!rows.length) return;
    this.announce(rows.length === 1 ? `${one}: ${rows[0].headline}` : `${rows.length} ${several}`);
    play("work");
    const title = rows.length === 1 ? `${one}: ${readable(rows[0].topic)}` : `${rows.length} ${several}`;
    notice(title, rows[0].headline, () => this.onOpen(rows[0].id));
  }
}
