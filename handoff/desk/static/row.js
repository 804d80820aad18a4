// What one line of the list says.

import { isElsewhere } from "./delivery_words.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { duration, fullTime, openingWords, ticks } from "./time.js";
import { readable } from "./words.js";

const CLOSED_WORDS = { resolved: "Resolved", handed_back: "Handed back", cancelled: "Cancelled" };

/** Whether I have this handoff, or had it. */
export function isMine(row) {
  return row.agent?.id === document.body.dataset.agentId;
}

/** A waiting time that ticks: the server's count, and when it was received. */
export function waitingTime(seconds) {
  return el("span", { data: { waiting: String(seconds), since: String(ticks()) }, text: duration(seconds) });
}

/** The chip that says how soon, never by colour alone. */
export function urgencyChip(urgency) {
  return el("span", { class: `chip chip--${urgency.level}`, title: urgency.reasons.join(", ") }, readable(urgency.level));
}

/** The children of a row's link. */
export function rowContent(row) {
  const elsewhere = row.queue && row.queue !== row.topic;
  return [
    el("span", { class: "row__top" }, urgencyChip(row.urgency), el("span", { class: "chip chip--topic", text: readable(row.topic) }),
      elsewhere && el("span", { class: "row__queue", text: `in ${readable(row.queue)}` }), when(row)),
    el("span", { class: "row__headline", text: row.headline }),
    place(row),
    handedOn(row) || (row.urgency.reasons.length ? el("span", { class: "row__reasons", text: row.urgency.reasons.join(", ") }) : null),
    el("span", { class: "row__bottom" }, lastWords(row), emailMark(row), unreadCount(row)),
  ].filter(Boolean);
}

// what a colleague says who handed it on matters more than why it came at first
function handedOn({ handed_on: on, closed_at: closed }) {
  if (!on || closed) return null;
  return el("span", { class: "row__reasons", text: on.note ? `From ${on.by}: ${on.note}` : `From ${on.by}` });
}

// another live chat: whoever takes it from there should know
function place(row) {
  if (!isElsewhere(row)) return null;
  return el("span", { class: "row__place", text: `${row.closed_at ? "Was in" : "In"} ${row.connector}` });
}

function when(row) {
  if (row.status === "scheduled") {
    const words = row.opens_at ? openingWords(row.opens_at) : "when we open";
    return el("span", { class: "row__when row__when--icon", title: row.opens_at ? fullTime(row.opens_at) : null }, icon("clock"), `Opens ${words}`);
  }
  const waits = row.waiting_seconds !== null && row.waiting_seconds !== undefined;
  if (waits) return el("span", { class: "row__when" }, waitsFor(row), waitingTime(row.waiting_seconds));
  const at = row.closed_at || row.created_at;
  return el("span", { class: "row__when", title: fullTime(at) }, whoHasIt(row));
}

function waitsFor(row) {
  if (row.status === "missed") return "Missed, ";
  if (row.status === "follow_up") return "Reply due, ";
  return el("span", { class: "visually-hidden", text: "Waiting " });
}

function lastWords(row) {
  if (!row.last_message) return el("span", { class: "row__last" });
  return el("span", { class: "row__last" }, el("span", { class: "row__who", text: `${whoSaid(row)}: ` }), row.last_message.text);
}

// somebody who left an address can be answered after leaving
function emailMark(row) {
  if (!row.visitor_email || row.closed_at) return null;
  return el("span", { class: "row__mail", title: "The visitor left an e-mail address" }, icon("mail"), el("span", { class: "visually-hidden", text: "E-mail left" }));
}

function unreadCount(row) {
  if (!row.unread || row.closed_at) return null;
  return el("span", { class: "unread" }, String(row.unread), el("span", { class: "visually-hidden", text: row.unread === 1 ? " new message" : " new messages" }));
}

function whoHasIt(row) {
  if (row.status === "cancelled") return "Cancelled by the visitor";
  const name = isMine(row) ? "you" : row.agent?.name || "nobody";
  return row.closed_at ? `${CLOSED_WORDS[row.status] || readable(row.status)} by ${name}` : `With ${name}`;
}

function whoSaid(row) {
  const from = row.last_message.from;
  if (from === "visitor") return row.visitor_name || "Visitor";
  return from === "agent" ? row.agent?.name.split(" ")[0] || "Agent" : "Assistant";
}
