// Everything that is on its way or could not be sent, of all conversations that were open in this tab.

import { pendingLine } from "./message_view.js";
import { NOTE, Outbox, REPLY } from "./outbox.js";

/**
 * The outboxes by handoff and kind.
 * `onChange(id)` and `onSent(id)` name the handoff; `onDecide()` is called when the agent decides about what failed, then
 * `onDiscard()` or `onEdit(item)`.
 */
export class Unsent {
  constructor(handlers) {
    this.handlers = handlers;
    this.outboxes = new Map();
  }

  /** Send something new. */
  add(id, kind, text) {
    this.#of(id, kind).add(text);
  }

  /** Whether something of this kind has not reached the server. */
  has(id, kind) {
    return this.#of(id, kind).unsent;
  }

  /** The server's conversation holds these; drop what has arrived. */
  arrived(id, detail) {
    this.#of(id, REPLY).arrived(new Set(detail.messages.map((message) => message.client_message_id).filter(Boolean)));
    this.#of(id, NOTE).arrived(new Set((detail.notes || []).map((note) => note.id)));
  }

  /** What is left of one handoff, as lines of its conversation. */
  lines(id) {
    const { onDecide, onDiscard, onEdit } = this.handlers;
    return [REPLY, NOTE].flatMap((kind) => {
      const outbox = this.#of(id, kind);
      return outbox.items.map((item) => pendingLine(item, {
        onRetry: () => { onDecide(); outbox.retry(); },
        onDiscard: () => { onDecide(); outbox.discard(item); onDiscard(); },
        onEdit: () => { onDecide(); outbox.discard(item); onEdit(item); },
      }));
    });
  }

  #of(id, kind) {
    const key = `${kind} ${id}`;
    if (!this.outboxes.has(key)) {
      const { onChange, onSent } = this.handlers;
      this.outboxes.set(key, new Outbox(id, kind, { onChange: () => onChange(id), onSent: () => onSent(id) }));
    }
    return this.outboxes.get(key);
  }
}
