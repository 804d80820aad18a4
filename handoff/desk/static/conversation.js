// The right side: one handoff with its card, its conversation and the box to write in.

import { actionButtons, actionsFor } from "./actions.js";
import { ApiError, request } from "./api.js";
import { cardKey, showCard } from "./card.js";
import { Composer } from "./composer.js";
import { byId, showNotice } from "./dom.js";
import { followEarlier } from "./history_view.js";
import { NOTE, REPLY } from "./outbox.js";
import { ReleaseDialog } from "./release_dialog.js";
import { SeenByAgent } from "./seen.js";
import { hasMine, situationOf, stateLine, takeOverWords } from "./situation.js";
import { TakeoverDialog } from "./takeover_dialog.js";
import { Transcript } from "./transcript.js";
import { TransferDialog } from "./transfer_dialog.js";
import { TypingIn } from "./typing.js";
import { Unsent } from "./unsent.js";
import { firstName } from "./words.js";

const LOOK_AGAIN_MILLISECONDS = 30000; // that a visitor left, or was told to wait, is no event of its own

/**
 * `onChanged()` is called after the agent changed something, `announce(text)` speaks to screen readers, `onOpen(id)` goes
 * to another handoff (an earlier one of this visitor); without it its link is followed as any link.
 */
export class Conversation {
  constructor({ onChanged, announce, onOpen = null }) {
    this.onChanged = onChanged;
    this.announce = announce;
    this.id = null;
    this.detail = null;
    this.busy = false;
    this.refreshing = null;
    this.again = false;
    this.body = byId("body");
    const transcript = byId("transcript");
    // on wide screens card and conversation scroll apart, on narrow ones together
    const scroller = () => (getComputedStyle(transcript).overflowY === "auto" ? transcript : this.body);
    this.seen = new SeenByAgent(() => this.#onScreen());
    this.transcript = new Transcript(transcript, byId("jump"), scroller, () => this.seen.check());
    this.typing = new TypingIn((on) => this.transcript.showTyping(on ? this.#visitorName() : ""));
    this.composer = new Composer({
      onSend: (text, kind) => { this.unsent.add(this.id, kind, text); this.transcript.toEnd(); },
      say: (text) => this.#say(text),
      announce,
    });
    this.unsent = new Unsent({
      onChange: (id) => { if (this.id === id && this.detail) this.#showPending(); },
      onSent: (id) => { if (this.id === id) this.refresh(); },
      onDecide: () => this.#say(""),
      onDiscard: () => this.composer.focus(),
      onEdit: (item) => this.composer.edit(item),
    });
    const onGone = () => { if (this.detail) this.#focusSomewhere(); };
    this.transferDialog = new TransferDialog({ onTransfer: (body) => this.#leave("transfer", body), onGone });
    this.releaseDialog = new ReleaseDialog({ onRelease: (note) => this.#leave("release", { note }), onGone });
    this.takeoverDialog = new TakeoverDialog({ onTakeOver: () => this.#takeOver(), onGone });
    byId("to-card").addEventListener("click", () => {
      this.body.scrollTop = 0;
      byId("card").focus({ preventScroll: true });
    });
    if (onOpen) followEarlier(byId("card"), onOpen);
    setInterval(() => { if (this.detail && !this.detail.handoff.closed_at && !document.hidden) this.refresh(); }, LOOK_AGAIN_MILLISECONDS);
  }

  get mine() {
    return this.detail !== null && hasMine(this.detail.handoff);
  }

  // --- what an agent can do, by button or by key (shortcuts.js). Each returns whether there was something to do.

  claim() { return this.#run("claim", () => this.#claim()); }

  resolve() { return this.#run("resolve", () => this.#nothingUnsent("resolving") && this.#act("resolve")); }

  handBack() { return this.#run("handBack", () => this.#nothingUnsent("handing back") && this.#act("hand_back")); }

  release() { return this.#run("release", () => this.#nothingUnsent("giving it back") && this.releaseDialog.open()); }

  transfer() { return this.#run("transfer", () => this.#nothingUnsent("transferring") && this.transferDialog.open(this.detail.handoff)); }

  focusReply() { return this.#write(REPLY); }

  noteMode() { return this.#write(NOTE); }

  openCanned() { return this.detail !== null && this.composer.openCanned(); }

  nextSuggestion() { return this.detail !== null && this.composer.suggestions.next(); }

  insertSuggestion() {
    const { current } = this.composer.suggestions;
    if (!this.detail || !current) return false;
    this.composer.insert(current.text);
    return true;
  }

  /** The visitor of a handoff types, or no longer does. */
  visitorTyping(id, on) {
    if (id === this.id && this.detail) this.typing.set(on);
  }

  /** Show a handoff; `focus` moves the focus to its heading. */
  async open(id, { focus }) {
    this.#leaveScreen();
    this.id = id;
    this.#say("");
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

  /** Show no handoff. */
  close() {
    this.#leaveScreen();
    this.#nothing("Choose a conversation", "What the visitor wants, why the assistant stopped and everything said so far is shown here.");
  }

  #leaveScreen() {
    this.composer.leave();
    this.transferDialog.close();
    this.releaseDialog.close();
    this.takeoverDialog.close();
    this.typing.set(false);
    this.transcript.clear();
    this.id = null;
    this.detail = null;
    byId("inside").hidden = true;
  }

  async #loadUntilNew() {
    do {
      this.again = false;
      await this.#load({ quiet: this.detail === null, focus: false });
    } while (this.again && this.id);
  }

  async #load({ quiet, focus }) {
    const id = this.id;
    let detail;
    try {
      detail = await request("GET", `/handoffs/${encodeURIComponent(id)}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.id === id) this.#showNotLoaded(error);
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
    if (!before || cardKey(before) !== cardKey(detail)) showCard(byId("card"), detail, this.announce);
    if (!before) this.composer.enter(this.id);
    // a message ends the typing that it comes from
    if (before && newestOfVisitor(detail) > newestOfVisitor(before)) this.typing.set(false);
    this.transcript.update(detail, { quiet });
    this.unsent.arrived(this.id, detail);
    this.#showPending();
    this.#showState();
    if (!before) this.#entered(focus);
    this.seen.check();
  }

  #entered(focus) {
    // whoever comes to claim reads the card first; whoever is in the conversation goes on where it stands
    this.body.scrollTop = 0;
    byId("card").scrollTop = 0;
    if (this.mine || getComputedStyle(byId("transcript")).overflowY === "auto") this.transcript.toEnd();
    if (focus) byId("conversation-title").focus({ preventScroll: true });
  }

  #showState() {
    const { handoff } = this.detail;
    byId("conversation-state").replaceChildren(...stateLine(handoff));
    const situation = situationOf(this.detail);
    byId("situation").replaceChildren(...(situation || []));
    byId("situation").hidden = !situation;
    const hadBox = document.activeElement === this.composer.box;
    this.composer.update(this.detail);
    const actions = byId("actions");
    const names = actionsFor(handoff);
    const hadButton = actions.contains(document.activeElement);
    if (actions.dataset.key !== names.join()) {
      actions.dataset.key = names.join();
      actions.replaceChildren(...actionButtons(names, (name) => this[name]()));
    }
    // the button that was pressed is gone, or nothing can be written any more
    if ((hadButton && !actions.contains(document.activeElement)) || (hadBox && this.composer.box.disabled)) this.#focusSomewhere();
  }

  #focusSomewhere() {
    if (!(this.mine && this.composer.focus())) byId("conversation-title").focus();
  }

  #run(name, does) {
    if (!this.detail || !actionsFor(this.detail.handoff).includes(name)) return false;
    does();
    return true;
  }

  #write(mode) {
    if (!this.detail) return false;
    this.composer.setMode(mode, { focus: true });
    return true;
  }

  async #act(action) {
    if (this.busy) return;
    const id = this.id;
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

  // another live chat loses it by that, so nobody does it by accident
  #claim() {
    const words = takeOverWords(this.detail.handoff);
    if (words) this.takeoverDialog.open(words);
    else this.#act("claim");
  }

  async #takeOver() {
    await request("POST", `/handoffs/${encodeURIComponent(this.id)}/claim`, {});
    this.#say("");
    await this.refresh();
    this.onChanged();
  }

  // from a dialog, which says itself what went wrong
  async #leave(action, body) {
    await request("POST", `/handoffs/${encodeURIComponent(this.id)}/${action}`, body);
    this.#say("");
    await this.refresh();
    this.onChanged();
    this.announce(action === "transfer" ? "Transferred" : "Back in the queue");
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

  // nothing that was written for the visitor is lost by leaving
  #nothingUnsent(doing) {
    if (!this.composer.reply.trim() && !this.unsent.has(this.id, REPLY)) return true;
    this.#say(`There is a reply that was not sent. Send or delete it before ${doing}.`);
    this.composer.setMode(REPLY, { focus: true });
    return false;
  }

  #showPending() {
    this.transcript.showPending(this.unsent.lines(this.id));
  }

  // what the agent has before the eyes, where the visitor is told so
  #onScreen() {
    if (!this.mine || !this.transcript.atEnd) return null;
    const seq = newestOfVisitor(this.detail);
    return seq ? { id: this.id, seq } : null;
  }

  #visitorName() {
    return firstName(this.detail.package.visitor.name) || "The visitor";
  }

  #showNotLoaded(error) {
    if (this.detail) this.#say(`${error.message} What you see may be old.`, { untilLoaded: true });
    else this.#nothing(error.status === 404 ? "This handoff does not exist" : "The conversation could not be loaded", error.message);
  }

  #nothing(title, text) {
    byId("nothing").hidden = false;
    byId("nothing-title").textContent = title;
    byId("nothing-text").textContent = text;
  }
}

const newestOfVisitor = (detail) => detail.messages.findLast((message) => message.from === "visitor")?.seq || 0;

// answers may overtake each other on their way
function older(one, other) {
  return (one.messages.at(-1)?.seq || 0) < (other.messages.at(-1)?.seq || 0) || one.events.length < other.events.length;
}
