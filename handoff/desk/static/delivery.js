// The mark under an agent's own message: how far it came, in words.

import { fullTime } from "./time.js";

/**
 * How far a message came.
 * @param {Object} message of an agent
 * @param {Object} detail answer of GET /api/handoffs/{id}
 * @returns {{text: string, title: string, kind: "seen"|"sent"|"waiting"|"failed"}|null} null when nothing is known
 */
export function deliveryOf(message, detail) {
  const seen = detail.visitor && message.seq <= (detail.visitor.seen_seq || 0);
  const { chat, email, error } = message.delivery || {};
  const address = detail.package.visitor.email || "the visitor";
  const because = error ? `: ${error}` : "";
  if (email === "failed") return mark(`The e-mail to ${address} could not be sent${because}`, "failed");
  if (email === "sent") return mark(`Sent by e-mail to ${address}${seen ? ", seen in the chat" : ""}`, "sent");
  if (seen) return mark("Seen", "seen", detail.visitor.seen_at ? `The visitor's screen showed it last at ${fullTime(detail.visitor.seen_at)}` : "");
  if (email === "waiting") return mark(error ? `E-mail failed${because}, retrying` : `Being sent by e-mail to ${address}`, error ? "failed" : "waiting");
  if (chat === "failed") return mark(`Could not be shown to the visitor${because}`, "failed");
  if (chat === "not_possible") return mark("The visitor's channel cannot show it", "failed");
  if (chat === "waiting") return error ? mark(`Not shown to the visitor yet${because}, retrying`, "failed") : mark("On its way", "waiting");
  return chat === "sent" ? mark("Delivered", "sent") : null;
}

/**
 * Which messages get a mark: what is worth knowing of each, and of those that are merely delivered or seen the last
 * one, since what holds for a message holds for those before it.
 * @returns {Map<string, Object>} message id to mark
 */
export function deliveryMarks(detail) {
  const marks = new Map();
  const told = new Set();
  for (const message of detail.messages.toReversed()) {
    if (message.from !== "agent") continue;
    const found = deliveryOf(message, detail);
    if (!found || told.has(found.text)) continue;
    if (found.kind === "seen" || found.text === "Delivered") {
      told.add(found.text);
      if (found.kind === "seen") told.add("Delivered");
    }
    marks.set(message.id, found);
  }
  return marks;
}

function mark(text, kind, title = "") {
  return { text, kind, title };
}
