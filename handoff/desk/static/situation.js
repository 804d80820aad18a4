// Where a handoff stands, honestly: what its state means for the visitor, and which way a reply will go.

import { isElsewhere } from "./delivery_words.js";
import { el } from "./dom.js";
import { momentWords } from "./moments.js";
import { isMine, waitingTime } from "./queue.js";
import { clockTime } from "./time.js";
import { firstName, statusWords } from "./words.js";

export const canClaim = (handoff) => handoff.claimable;
export const hasMine = (handoff) => handoff.status === "assigned" && isMine(handoff);

/** The line under the headline, as nodes. */
export function stateLine(handoff) {
  const name = isMine(handoff) ? "you" : handoff.agent?.name || "nobody";
  const waited = typeof handoff.waiting_seconds === "number" ? waitingTime(handoff.waiting_seconds) : null;
  const there = isElsewhere(handoff) ? ` in ${handoff.connector}` : "";
  const closed = handoff.closed_at ? ` at ${clockTime(handoff.closed_at)}` : "";
  switch (handoff.status) {
    case "assigned": return [isMine(handoff) ? "You are in this conversation" : `With ${name}${there}`];
    case "resolved": return [`Resolved by ${name}${closed}`];
    case "handed_back": return [`Handed back to the assistant by ${name}${closed}`];
    case "cancelled": return [`Cancelled by the visitor${closed}`];
    case "scheduled": return [handoff.opens_at ? `Waits until the queue opens ${momentWords(handoff.opens_at)}` : statusWords("scheduled")];
    default: return waited ? [`${statusWords(handoff.status)}${there} `, waited] : [`${statusWords(handoff.status)}${there}`];
  }
}

/** What an agent should know before taking a handoff away from another live chat; null where it is the desk's. */
export function takeOverWords(handoff) {
  if (!isElsewhere(handoff)) return null;
  const { agent, connector } = handoff;
  const who = agent ? `${firstName(agent.name)}\u2019s team works on this in ${connector}.` : `The team in ${connector} has this.`;
  return `${who} Taking it over closes it there.`;
}

/**
 * What the state means for the visitor, where that is not plain; null otherwise.
 * @param {Object} detail answer of GET /api/handoffs/{id}
 * @returns {Node[]|null}
 */
export function situationOf(detail) {
  const { handoff } = detail;
  const email = addressOf(detail);
  const reached = email ? `The answer can go to ${email}.` : "There is no e-mail address yet; the answer waits in the chat.";
  const meanwhile = "Meanwhile the assistant goes on answering.";
  switch (handoff.status) {
    case "scheduled": {
      const told = handoff.opens_at ? `; the visitor was told ${momentWords(handoff.opens_at)}` : "";
      return say(`Outside opening hours${told}.`, `${meanwhile} You can still take it now. ${reached}`);
    }
    case "missed":
      return say("Nobody took this in time.", `The visitor was told so, and asked for an e-mail address. ${meanwhile} You can still take it. ${reached}`);
    case "follow_up":
      return say("A follow-up is due.", `Nobody took this in time, and the visitor left ${email || "an address"}. Claim it and write; if they are not in the chat, your reply goes there by e-mail.`);
    case "cancelled":
      return say("The visitor went on without a person.", "The assistant answers again, and hands over anew if a person is needed.");
    default: return null;
  }
}

/** The address that a reply would be sent to, or null. */
export function addressOf(detail) {
  return detail.package.visitor.email || null;
}

/**
 * What the composer says about a reply: whether one can be written, and which way it will go.
 * @param {Object} detail answer of GET /api/handoffs/{id}
 * @returns {{can: boolean, words: (Node|string)[], away: boolean}} away: the visitor has left
 */
export function replyWay(detail) {
  const { handoff } = detail;
  const email = addressOf(detail);
  if (!hasMine(handoff)) return { can: false, away: false, words: whyNot(handoff) };
  if (!detail.can_show_replies) {
    const channel = `The visitor wrote on the channel "${detail.package.channel}", which cannot show replies. `;
    if (email && detail.email_enabled) return { can: true, away: true, words: [channel, "Your reply is sent to ", el("strong", { text: email }), " by e-mail."] };
    return { can: false, away: true, words: [channel, email ? `Write to ${email} instead, then resolve.` : "There is no e-mail address either; resolve or hand back."] };
  }
  if (detail.visitor?.here === false) return { can: true, away: true, words: wayToOneWhoLeft(detail, email) };
  return { can: true, away: false, words: [el("span", { class: "unless-narrow", text: "Enter sends, Shift+Enter starts a new line, / opens the canned replies. " })] };
}

function wayToOneWhoLeft(detail, email) {
  const who = firstName(detail.package.visitor.name) || "The visitor";
  if (!email) return [`${who} has left and gave no address. Your reply waits in the chat.`];
  if (!detail.email_enabled) return [`${who} has left, and this desk sends no e-mail. Your reply waits in the chat; the address is `, el("strong", { text: email }), "."];
  return [`${who} has left. Your reply is sent to `, el("strong", { text: email }), " by e-mail."];
}

function whyNot(handoff) {
  if (canClaim(handoff) && isElsewhere(handoff)) return [`Agents answer this in ${handoff.connector}. Claim it to take it over; it is closed there then.`];
  if (handoff.status === "assigned" && isElsewhere(handoff)) return [`${handoff.agent?.name || "A colleague"} answers this in ${handoff.connector}. You can read along.`];
  if (canClaim(handoff)) return ["Claim this conversation to write in it. The visitor is then told that you have joined."];
  if (handoff.status === "assigned") return [`${handoff.agent?.name || "A colleague"} is in this conversation. You can read along.`];
  return ["This handoff is closed. The assistant is with the visitor again, and hands over anew if a person is needed."];
}

function say(first, rest) {
  return [el("strong", { text: first }), ` ${rest}`];
}
