// The right side: one handoff with its card, its conversation and the reply box.

import { ApiError, request } from "./api.js";
import { showCard } from "./card.js";
import { byId, el, showNotice } from "./dom.js";
import { draftOf, keepDraft, Outbox } from "./outbox.js";
import { isMine, waitingTime } from "./queue.js";
import { clockTime } from "./time.js";
import { pendingMessage, Transcript } from "./transcript.js";

const MOST_LINES = 8; // of the reply box, then it scrolls

/** `onChanged()` is called after the agent changed something; `announce(text)` speaks to screen readers. */
export class Conversation {
  constructor({ onChanged, announce }) {
    this.onChanged = onChanged;
    this.announce = announce;
    this.id = null;
    this.detail = null;
    this.busy = false;
    this.refreshing = null;
    this.again = false;
    this.outboxes = new Map();
    this.reply = byId("reply");
    this.body = byId("body");
    const transcript = byId("transcript");
    // on wide screens card and conversation scroll apart, on narrow ones together
    const scroller = () => (getComputedStyle(transcript).overflowY === "auto" ? transcript : this.body);
    this.transcript = new Transcript(transcript, byId("jump"), scroller);
    byId("to-card").addEventListener("click", () => {
      this.body.scrollTop = 0;
      byId("card").focus({ preventScroll: true });
    });
    byId("composer").addEventListener("submit", (event) => { event.preventDefault(); this.#send(); });
    this.reply.addEventListener("input", () => { keepDraft(this.id, this.reply.value); this.#fit(); });
    this.reply.addEventListener("keydown", (event) => {
      // an input method uses Enter for itself
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
  }

  get mine() {
    return this.detail?.handoff.status === "assigned" && isMine(this.detail.handoff);
  }

  /** Show a handoff; `focus` moves the focus to its heading. */
  async open(id, { focus }) {
    this.id = id;
    this.detail = null;
    this.transcript.clear();
    this.#say("");
    byId("inside").hidden = true;
    this.#nothing("Loading the conversation", "");
    await this.#load({ quiet: true, focus });
  }

  /** Fetch again what is open. */
  async refresh() {
    if (!this.id) return;
    if (this.refreshing) {
      this.again = true; // something changed while the answer was on its way
    } else {
      this.refreshing = this.#loadUntilNew().finally(() => { this.refreshing = null; });
    }
    await this.refreshing;
  }

  async #loadUntilNew() {
    do {
      this.again = false;
      await this.#load({ quiet: this.detail === null, focus: false });
    } while (this.again && this.id);
  }

  /** Show no handoff. */
  close() {
    this.id = null;
    this.detail = null;
    byId("inside").hidden = true;
    this.#nothing("Choose a conversation", "What the visitor wants, why the assistant stopped and everything said so far is shown here.");
  }

  async #load({ quiet, focus }) {
    const id = this.id;
    let detail;
    try {
      detail = await request("GET", `/handoffs/${encodeURIComponent(id)}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.id !== id) return;
      if (this.detail) this.#say(`${error.message} What you see may be old.`, { untilLoaded: true });
      else this.#nothing(error.status === 404 ? "This handoff does not exist" : "The conversation could not be loaded", error.message);
      return;
    }
    // meanwhile the agent may have opened another one, or a newer answer may have come first
    if (this.id !== id || (this.detail && older(detail, this.detail))) return;
    if (this.loadFailed) this.#say("");
    this.#show(detail, { quiet, focus });
  }

  #show(detail, { quiet, focus }) {
    const before = this.detail;
    this.detail = detail;
    byId("nothing").hidden = true;
    byId("inside").hidden = false;
    byId("conversation-title").textContent = detail.handoff.headline;
    if (JSON.stringify(before?.package) !== JSON.stringify(detail.package)) showCard(byId("card"), detail, this.announce);
    this.transcript.update(detail, { quiet });
    this.#outbox().arrived(detail.messages);
    this.#showPending();
    this.#showState();
    if (!before) this.#entered(focus);
  }

  #entered(focus) {
    this.reply.value = draftOf(this.id);
    this.#fit();
    // whoever comes to claim reads the card first; whoever is in the conversation goes on where it stands
    this.body.scrollTop = 0;
    byId("card").scrollTop = 0;
    if (this.mine || getComputedStyle(byId("transcript")).overflowY === "auto") this.transcript.toEnd();
    if (focus) byId("conversation-title").focus({ preventScroll: true });
  }

  #showState() {
    const { handoff } = this.detail;
    const state = byId("conversation-state");
    const actions = byId("actions");
    if (handoff.status === "queued") state.replaceChildren("Waiting ", waitingTime(handoff.waiting_seconds));
    else state.replaceChildren(stateWords(handoff));
    this.#showComposer();
    const buttons = [];
    if (handoff.status === "queued") buttons.push(["claim", "Claim", "", "button--primary", null]);
    if (this.mine) {
      buttons.push(["hand_back", "Hand back", " to assistant", "", "Not settled by you, but the assistant can go on. The visitor is told."]);
      buttons.push(["resolve", "Resolve", "", "", "The matter is settled. The visitor is told; the assistant answers the next question."]);
    }
    const key = buttons.map(([action]) => action).join();
    if (actions.dataset.key !== key) {
      const had = actions.contains(document.activeElement);
      actions.dataset.key = key;
      actions.replaceChildren(...buttons.map(([action, text, more, look, help]) => el("button", {
        type: "button", class: `button ${look}`, title: help, data: { action }, on: { click: () => this.#act(action) },
      }, text, more && el("span", { class: "unless-narrow", text: more }))));
      // the button that was pressed is gone
      if (had) (this.mine ? this.reply : byId("conversation-title")).focus();
    }
  }

  #showComposer() {
    const { handoff } = this.detail;
    const can = this.mine && this.detail.can_show_replies;
    this.reply.disabled = !can;
    byId("send").disabled = !can;
    byId("composer").dataset.off = String(!can);
    this.reply.placeholder = can ? "Write to the visitor" : "";
    byId("composer-hint").replaceChildren(...this.#hint(handoff));
  }

  #hint(handoff) {
    if (this.mine && !this.detail.can_show_replies) {
      const { channel, visitor } = this.detail.package;
      return [`The visitor wrote on the channel "${channel}", which cannot show replies. `,
        visitor.email ? `Write to ${visitor.email} instead, then resolve.` : "There is no e-mail address either; resolve or hand back."];
    }
    if (this.mine) {
      return [el("span", { class: "unless-narrow", text: "Enter sends, Shift+Enter starts a new line. " }), el("strong", { text: "Resolve" }), " when it is settled; ",
        el("strong", { text: "hand back" }), " when the assistant can go on without you."];
    }
    if (handoff.status === "queued") return ["Claim this conversation to write in it. The visitor is then told that you have joined."];
    if (handoff.status === "assigned") return [`${handoff.agent.name} is in this conversation. You can read along.`];
    return ["This handoff is closed. The assistant is with the visitor again, and hands over anew if a person is needed."];
  }

  async #act(action) {
    if (this.busy) return;
    const id = this.id;
    if (action !== "claim" && !this.#nothingUnsent(action)) return;
    this.#say("");
    this.#setBusy(true);
    let failed = "";
    try {
      await request("POST", `/handoffs/${encodeURIComponent(id)}/${action}`, {});
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed = error.message;
    } finally {
      this.#setBusy(false);
    }
    await this.refresh();
    if (failed && this.id === id) this.#say(failed);
    this.onChanged();
  }

  // what is said stands until the agent does something; only that loading failed is over when loading works again
  #say(text, { untilLoaded = false } = {}) {
    this.loadFailed = untilLoaded;
    showNotice(byId("conversation-error"), text);
  }

  #setBusy(busy) {
    this.busy = busy;
    for (const button of byId("actions").children) button.setAttribute("aria-disabled", String(busy));
  }

  // nothing that was written for the visitor is lost by closing
  #nothingUnsent(action) {
    const unsent = this.reply.value.trim() || this.#outbox().items.some((item) => item.state !== "sent");
    if (!unsent) return true;
    const what = action === "resolve" ? "resolving" : "handing back";
    this.#say(`There is a reply that was not sent. Send or delete it before ${what}.`);
    this.reply.focus();
    return false;
  }

  #send() {
    const text = this.reply.value.trim();
    if (!text || !this.mine) return;
    this.#say("");
    this.reply.value = "";
    keepDraft(this.id, "");
    this.#fit();
    this.#outbox().add(text);
    this.transcript.toEnd();
    this.reply.focus();
  }

  #outbox() {
    const id = this.id;
    if (!this.outboxes.has(id)) {
      this.outboxes.set(id, new Outbox(id, {
        onChange: () => { if (this.id === id && this.detail) this.#showPending(); },
        onSent: () => { if (this.id === id) this.refresh(); },
      }));
    }
    return this.outboxes.get(id);
  }

  #showPending() {
    const outbox = this.#outbox();
    this.transcript.showPending(outbox.items.map((item) => pendingMessage(item, {
      onRetry: () => { this.#say(""); outbox.retry(); },
      onDiscard: () => { this.#say(""); outbox.discard(item); this.reply.focus(); },
      onEdit: () => {
        this.#say("");
        outbox.discard(item);
        this.reply.value = [item.text, this.reply.value].filter(Boolean).join("\n");
        keepDraft(this.id, this.reply.value);
        this.#fit();
        this.reply.focus();
      },
    })));
  }

  #fit() {
    const lines = this.reply.value.split("\n").length;
    this.reply.rows = Math.min(Math.max(lines, 2), MOST_LINES);
  }

  #nothing(title, text) {
    byId("nothing").hidden = false;
    byId("nothing-title").textContent = title;
    byId("nothing-text").textContent = text;
  }
}

function stateWords(handoff) {
  const name = isMine(handoff) ? "you" : handoff.agent?.name || "nobody";
  if (handoff.status === "assigned") return isMine(handoff) ? "You are in this conversation" : `With ${name}`;
  return `${handoff.status === "resolved" ? "Resolved" : "Handed back to the assistant"} by ${name} at ${clockTime(handoff.closed_at)}`;
}

// answers may overtake each other on their way
function older(one, other) {
  const last = (detail) => detail.messages.at(-1)?.seq || 0;
  return last(one) < last(other) || one.events.length < other.events.length;
}
