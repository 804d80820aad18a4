// One change: what it writes, what it would do to other questions, and the decision about it.

import { ApiError, request } from "./api.js";
import { momentPassed } from "./delivery_cards.js";
import { byId, el, showNotice } from "./dom.js";
import { announce } from "./header.js";
import { AcceptForm, outcome, withCommands } from "./review_accept.js";
import { checkParts } from "./review_check.js";
import { fileDiff } from "./review_diff.js";
import { operationWords, statusChip } from "./review_words.js";
import { counted, readable } from "./words.js";

const POLL_MILLISECONDS = 1000;
const TYPICAL_SECONDS = 45; // of the check, on the project's own data; only for the bar, which never claims to be full
const ALMOST = 0.95;
const CHANGED = "files_changed"; // the API's code

/** `label(intent)` is how people say an intent; `onBack()` shows the list; `onDecided(words)` hears of a dropped one. */
export class ReviewChange {
  constructor({ label, onBack, onDropped }) {
    this.label = label;
    this.onBack = onBack;
    this.onDropped = onDropped;
    this.root = byId("change-view");
    this.id = null;
  }

  /** Load and show the change. */
  async open(id) {
    this.id = id;
    this.root.hidden = false;
    this.root.replaceChildren(this.#back(), el("p", { class: "muted", role: "status", text: "Loading the change" }));
    let change;
    try {
      change = await request("GET", `/review/changes/${encodeURIComponent(id)}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.id === id) this.root.replaceChildren(this.#back(), el("p", { class: "notice notice--error", role: "alert", text: error.message }));
      return;
    }
    if (this.id === id) this.show(change);
  }

  /** Show what the API said of a change. */
  show(change) {
    this.id = change.id;
    this.root.hidden = false;
    const [words, look] = statusChip(change.status);
    const title = el("h2", { class: "item__title", tabindex: "-1", text: change.title });
    this.check = el("section", { class: "verdict", "aria-labelledby": "check-title" });
    this.error = el("p", { class: "notice notice--error", role: "alert", hidden: true });
    this.decision = el("section", { class: "panel decision", "aria-labelledby": "decision-title" });
    this.form = null;
    this.root.replaceChildren(...[
      this.#back(),
      el("div", { class: "item__head change__head" }, title, el("span", { class: `chip ${look}`, text: words })),
      el("p", { class: "muted small" }, `Made by ${change.created_by || "somebody"}, `, momentPassed(change.created_at), change.messages > 0 && `, from ${counted(change.messages, "message")} of visitors`),
      el("ul", { class: "change__operations" }, ...change.operations.map((one) => el("li", { text: operationWords(one, this.label) }))),
      list(change.problems, "notice--error", "This keeps it from being accepted"),
      list(change.warnings, "", "Worth a look"),
      el("section", { "aria-labelledby": "diff-title" }, el("h3", { id: "diff-title", text: change.status === "accepted" ? "What was written" : "What it writes" }),
        ...(change.files.length ? change.files.map(fileDiff) : [el("p", { class: "muted", text: "Nothing: all of it stands there already." })])),
      this.check, this.decision,
    ].filter(Boolean));
    this.#showCheck(change);
    this.#showDecision(change);
    title.focus({ preventScroll: true });
    scrollTo(0, 0);
    if (change.status === "draft" && change.preview.state === "none" && !change.problems.length) this.#start(change.id);
    else if (change.preview.state === "running") this.#later(change.id);
  }

  /** Leave it: nothing is asked any more. */
  close() {
    this.id = null;
    this.root.hidden = true;
    this.root.replaceChildren();
  }

  #back() {
    return el("p", {}, el("button", { type: "button", class: "button button--quiet change__back", text: "\u2190 All questions", on: { click: () => this.onBack() } }));
  }

  #start(id) {
    return this.#ask(id, "POST", `/review/changes/${encodeURIComponent(id)}/preview`, {});
  }

  #later(id) {
    setTimeout(() => { if (this.id === id) this.#ask(id, "GET", `/review/changes/${encodeURIComponent(id)}`); }, POLL_MILLISECONDS);
  }

  async #ask(id, ...how) {
    let change;
    try {
      change = await request(...how);
      if (this.id !== id) return; // another one is shown by now
      if (this.error.textContent === this.askedInVain) showNotice(this.error, ""); // not why a decision was refused
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.id !== id) return;
      this.askedInVain = error.message;
      showNotice(this.error, error.message);
      if (error.status === 0) this.#later(id); // the server comes back
      return;
    }
    this.#showCheck(change);
    this.#allow(change);
    if (change.preview.state === "running") this.#later(id);
    else announce(change.preview.state === "ready" ? "The check is done" : "The check has failed");
  }

  #showCheck(change) {
    const { preview } = change;
    if (preview.state === "running" && this.bar?.isConnected) {
      this.bar.value = progress(preview.seconds);
      if (this.stage.textContent !== stageWords(preview)) this.stage.textContent = stageWords(preview);
      return;
    }
    const title = el("h3", { id: "check-title", text: "What it does to other questions" });
    this.check.hidden = change.status !== "draft" && !preview.numbers;
    this.check.replaceChildren(title, ...this.#checkState(change));
  }

  #checkState({ id, preview, problems }) {
    const again = (text) => el("button", { type: "button", class: "button button--small", text, on: { click: () => this.#start(id) } });
    switch (preview.state) {
      case "running":
        this.bar = el("progress", { max: "1", "aria-label": "How far the check is" });
        this.bar.value = progress(preview.seconds);
        this.stage = el("p", { class: "muted", role: "status", text: stageWords(preview) });
        return [this.bar, this.stage];
      case "failed":
        return [el("p", { class: "notice notice--error", text: preview.error || "The check has failed." }), el("p", {}, again("Check again"))];
      case "ready":
        return [
          preview.outdated && el("p", { class: "notice" }, "The files have changed since. ", again("Check again")),
          list(preview.problems, "notice--error", "Rasa's validation says"),
          ...(preview.numbers ? checkParts(preview.numbers, this.label) : []),
        ].filter(Boolean);
      default:
        return [el("p", { class: "muted", text: problems.length ? "It is checked when it can be accepted." : "The check begins." })];
    }
  }

  #showDecision(change) {
    const title = el("h3", { id: "decision-title", text: change.status === "draft" ? "Your decision" : "What was decided" });
    if (change.status === "draft") {
      this.form = new AcceptForm(change, { onAccept: (how) => this.#accept(how), onDrop: () => this.#drop() });
      this.decision.replaceChildren(title, this.error, this.form.root);
      this.#allow(change);
    } else if (change.accepted) {
      this.decision.replaceChildren(title, this.error, ...outcome(change));
    } else {
      this.decision.replaceChildren(title, this.error, el("p", {}, `Dropped by ${change.decided_by || "somebody"}, `, momentPassed(change.decided_at), ". Its messages are in the review again."));
    }
  }

  #allow({ problems, preview }) {
    const note = problems.length ? "" : preview.state === "running" ? "The check still runs; wait for it if you are not sure." : "";
    this.form?.allow(!problems.length, note);
  }

  async #accept(how) {
    await this.#decide(async (id) => {
      const change = await request("POST", `/review/changes/${encodeURIComponent(id)}/accept`, { how });
      if (this.id !== id) return;
      this.show(change);
      this.decision.querySelector(".outcome__title")?.focus();
    });
  }

  async #drop() {
    await this.#decide(async (id) => {
      await request("POST", `/review/changes/${encodeURIComponent(id)}/drop`, {});
      if (this.id === id) this.onDropped();
    });
  }

  async #decide(action) {
    showNotice(this.error, "");
    try {
      await action(this.id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { id } = this;
      if (error.code === CHANGED) await this.open(id); // what it would write now is something else: look again
      if (this.id === id) showNotice(this.error, error.message);
    }
  }
}

// the time that it takes is not known, so the bar gets slower the longer it takes
function progress(seconds) {
  return Math.min(ALMOST, 1 - Math.exp(-(2 * (seconds || 0)) / TYPICAL_SECONDS));
}

const stageWords = ({ stage }) => (stage ? readable(stage) : null) || "The assistant is tested with and without the change. This takes about a minute.";

function list(sentences, look, title) {
  if (!sentences.length) return null;
  return el("div", { class: `notice ${look} change__notes` }, el("h3", { text: title }), el("ul", {}, ...sentences.map((one) => el("li", {}, ...withCommands(one)))));
}
