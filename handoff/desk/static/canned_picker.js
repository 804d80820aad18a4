// The list that opens when an agent types "/": a filter with a listbox (the combobox pattern of the ARIA practices). The
// focus stays in the filter, the arrow keys move the choice, Enter inserts it, Escape gives back what was typed.

import { ApiError } from "./api.js";
import { cannedReplies, matching } from "./canned.js";
import { byId, el } from "./dom.js";
import { fill } from "./placeholders.js";
import { counted } from "./words.js";

/** `onPick(text)` gets a filled-in reply; `onLeave(typed)` the filter when nothing was picked. */
export class CannedPicker {
  constructor({ onPick, onLeave }) {
    this.onPick = onPick;
    this.onLeave = onLeave;
    this.root = byId("canned");
    this.filter = byId("canned-filter");
    this.list = byId("canned-list");
    this.status = byId("canned-status");
    this.replies = [];
    this.shown = [];
    this.at = 0;
    this.loading = false;
    this.pickWhenLoaded = false; // who knows the shortcut types "/hello" and Enter without looking
    this.filter.addEventListener("input", () => this.#onFilter());
    this.filter.addEventListener("keydown", (event) => this.#onKey(event));
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the focus stays in the filter
    this.list.addEventListener("click", (event) => this.#pickElement(event.target.closest("[role=option]")));
    this.root.addEventListener("focusout", (event) => {
      if (!this.root.hidden && !this.root.contains(event.relatedTarget)) this.close();
    });
  }

  get isOpen() {
    return !this.root.hidden;
  }

  /** Open for a conversation; `variables` fill the replies in. */
  async open(queue, variables) {
    this.variables = variables;
    this.root.hidden = false;
    this.filter.value = "";
    this.replies = [];
    this.loading = true;
    this.pickWhenLoaded = false;
    this.#show(0, "Loading");
    this.filter.setAttribute("aria-expanded", "true");
    this.filter.focus();
    try {
      this.replies = await cannedReplies(queue);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.loading = false;
      if (this.isOpen) this.#show(0, `The canned replies could not be loaded. ${error.message}`);
      return;
    }
    this.loading = false;
    if (!this.isOpen) return;
    this.#show(0, this.replies.length ? "" : "There are no canned replies for this queue yet.");
    if (this.pickWhenLoaded) this.#pickElement(this.list.children[this.at]);
  }

  /** Close without a word; the focus is the caller's matter. */
  close() {
    this.root.hidden = true;
    this.filter.setAttribute("aria-expanded", "false");
    this.filter.removeAttribute("aria-activedescendant");
  }

  #onFilter() {
    this.pickWhenLoaded = false;
    if (!this.loading) this.#show(0);
  }

  #show(at, instead = "") {
    this.shown = instead ? [] : matching(this.replies, this.filter.value);
    this.list.replaceChildren(...this.shown.map((reply, index) => this.#option(reply, index)));
    this.list.hidden = !this.shown.length;
    this.status.textContent = instead
      || (this.shown.length ? counted(this.shown.length, "canned reply", "canned replies") : "No canned reply matches. Esc keeps what you typed.");
    this.#choose(at);
  }

  #option(reply, index) {
    return el("li", { role: "option", id: `canned-option-${index}`, class: "canned__option", "aria-selected": "false", data: { index: String(index) } },
      el("span", { class: "canned__title" }, el("code", { text: `/${reply.shortcut}` }), " ", reply.title),
      el("span", { class: "canned__text", text: fill(reply.text, this.variables) }));
  }

  #choose(at) {
    const options = [...this.list.children];
    this.at = options.length ? (at + options.length) % options.length : 0;
    for (const [index, option] of options.entries()) option.setAttribute("aria-selected", String(index === this.at));
    const chosen = options[this.at];
    if (!chosen) {
      this.filter.removeAttribute("aria-activedescendant");
      return;
    }
    this.filter.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") this.#choose(this.at + 1);
    else if (event.key === "ArrowUp") this.#choose(this.at - 1);
    else if (event.key === "Enter" && this.loading) this.pickWhenLoaded = Boolean(this.filter.value);
    else if (event.key === "Enter") this.#pickElement(this.list.children[this.at]);
    else if (event.key === "Escape") this.#leave(`/${this.filter.value}`);
    else if (event.key === "Backspace" && !this.filter.value) this.#leave("");
    else return;
    event.preventDefault();
    event.stopPropagation(); // on the page Escape means "back to the list"
  }

  #leave(typed) {
    this.close();
    this.onLeave(typed);
  }

  #pickElement(option) {
    if (!option) return;
    const reply = this.shown[Number(option.dataset.index)];
    this.close();
    this.onPick(fill(reply.text, this.variables));
  }
}
