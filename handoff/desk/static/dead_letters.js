// What was given up: each with its cause, to be tried again or to be called settled.

import { ApiError, request } from "./api.js";
import { momentPassed } from "./delivery_cards.js";
import { targetWords, whatWords } from "./delivery_words.js";
import { byId, el, showNotice } from "./dom.js";
import { counted } from "./words.js";

/** `onChanged()` is called after one was seen to and resolves when the list is new; `announce(text)` speaks to screen readers. */
export class DeadLetters {
  constructor({ onChanged, announce }) {
    this.onChanged = onChanged;
    this.announce = announce;
    this.list = byId("dead");
    this.letters = null;
    this.asking = null; // id of the one whose "Settled" waits for a second word
    this.busy = false;
    this.list.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.asking === null) return;
      event.preventDefault();
      this.#ask(null);
    });
  }

  /** Show the list; `total` counts also those that are left out of it. */
  show(letters, total) {
    const before = this.letters;
    this.letters = letters;
    this.list.setAttribute("aria-busy", "false");
    byId("dead-count").textContent = total ? String(total) : "";
    showNotice(byId("dead-more"), total > letters.length ? `These are the latest ${letters.length}. Older ones appear once these are seen to.` : "");
    if (before && letters.some((one) => !before.some((known) => known.id === one.id))) this.announce(`${counted(total, "delivery", "deliveries")} given up`);
    // a list that is made anew under the finger swallows the press
    if (!before || JSON.stringify(before) !== JSON.stringify(letters)) this.#render();
  }

  #render() {
    const hadFocus = this.list.contains(document.activeElement);
    const key = hadFocus ? document.activeElement.dataset.key : null;
    if (!this.letters.some((one) => one.id === this.asking)) this.asking = null;
    this.list.replaceChildren(...(this.letters.length ? this.letters.map((one) => this.#item(one)) : [nothing()]));
    if (!hadFocus) return;
    const same = key && this.list.querySelector(`[data-key="${CSS.escape(key)}"]`);
    (same || byId("dead-title")).focus({ preventScroll: true });
  }

  #item(letter) {
    const title = letter.headline || whatWords(letter.kind);
    return el("li", { class: "item", data: { id: String(letter.id) } },
      el("div", { class: "item__head" },
        el("h3", { class: "item__title" }, letter.headline ? el("a", { href: `/desk/handoffs/${encodeURIComponent(letter.handoff_id)}`, data: { key: `open-${letter.id}` }, text: title }) : title),
        el("span", { class: "chip", text: `To ${targetWords(letter.target)}` })),
      el("p", { class: "item__facts muted small" }, `${whatWords(letter.kind)}, from `, momentPassed(letter.created_at), `, given up after ${counted(letter.attempts, "attempt")}`),
      el("p", { class: "item__cause", text: letter.error || "The cause is not known." }),
      this.asking === letter.id ? this.#question(letter) : this.#choices(letter, title));
  }

  #choices(letter, title) {
    const button = (name, text, click) => el("button", {
      type: "button", class: "button button--small", "aria-label": `${text}: ${title}`, data: { key: `${name}-${letter.id}` }, text, on: { click },
    });
    return el("div", { class: "item__foot item__foot--words" }, el("span", { class: "small", text: letter.why_not || "" }),
      letter.can_retry && button("retry", "Retry", () => this.#do(letter, "retry")),
      button("settled", "Settled", () => this.#ask(letter.id)));
  }

  #question(letter) {
    const words = `It is not delivered any more and leaves this list.${letter.can_retry ? " Do this when it was seen to in another way." : ""}`;
    const id = `question-${letter.id}`;
    return el("div", { class: "item__foot item__foot--words", role: "group", "aria-labelledby": id }, el("span", { class: "small", id, text: words }),
      el("button", { type: "button", class: "button button--small", data: { key: `keep-${letter.id}` }, text: "Keep it", on: { click: () => this.#ask(null) } }),
      el("button", { type: "button", class: "button button--small button--danger", data: { key: `drop-${letter.id}` }, "aria-describedby": id, text: "Yes, it is settled", on: { click: () => this.#do(letter, "drop") } }));
  }

  #ask(id) {
    const before = this.asking;
    this.asking = id;
    this.#render();
    const key = id === null ? `settled-${before}` : `drop-${id}`;
    this.list.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  async #do(letter, action) {
    if (this.busy) return;
    this.busy = true;
    showNotice(byId("dead-error"), "");
    showNotice(byId("done"), "");
    const what = `${whatWords(letter.kind)}, to ${targetWords(letter.target)}`;
    let failed = "";
    try {
      await request("POST", `/admin/deliveries/${letter.id}/${action}`, {});
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed = error.message;
    } finally {
      this.busy = false;
    }
    if (failed) showNotice(byId("dead-error"), failed);
    else showNotice(byId("done"), action === "retry" ? `Tried again now: ${what}. If it fails, it comes back here.` : `Settled: ${what}.`);
    await this.onChanged();
  }
}

function nothing() {
  return el("li", { class: "items__well muted", text: "Nothing was given up. Everything has arrived, or is on its way." });
}
