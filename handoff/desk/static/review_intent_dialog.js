// Where a group belongs, when it is none of the nearest: every intent, found by typing.

import { AskDialog } from "./dialog.js";
import { byId, el, showNotice } from "./dom.js";
import { counted, readable } from "./words.js";

/** `onDone(intent, card, close)` makes the edit and closes the dialog, else throws an ApiError. */
export class IntentDialog {
  constructor({ onDone, onGone }) {
    this.onDone = onDone;
    this.filter = byId("intent-filter");
    this.list = byId("intent-list");
    this.dialog = new AskDialog(byId("intent-dialog"), { onSubmit: () => this.#submit(), onGone });
    this.filter.addEventListener("input", () => this.#show());
    this.list.addEventListener("change", () => showNotice(this.dialog.notice, ""));
  }

  /** Open for a group; the intents are those of the API, the nearest ones come first; `next` is what the button says. */
  open(card, intents, next) {
    const near = card.group.nearest.map((one) => one.intent);
    const place = ({ name }) => (near.includes(name) ? near.indexOf(name) : near.length);
    this.card = card;
    this.intents = [...intents].sort((a, b) => place(a) - place(b) || a.label.localeCompare(b.label));
    this.filter.value = "";
    this.#show();
    this.dialog.submit.textContent = next;
    this.dialog.open();
    this.filter.focus();
  }

  #show() {
    const words = this.filter.value.trim().toLowerCase();
    const shown = this.intents.filter(({ name, label }) => name.replaceAll("_", " ").includes(words) || name.includes(words) || label.toLowerCase().includes(words));
    this.list.replaceChildren(...shown.map((intent) => choice(intent)));
    byId("intent-counted").textContent = counted(shown.length, "intent");
    if (!shown.length) this.list.append(el("p", { class: "muted small", text: "None is called so. Make an FAQ of it instead." }));
  }

  async #submit() {
    const chosen = this.list.querySelector("input:checked");
    if (!chosen) {
      showNotice(this.dialog.notice, "Choose where it belongs.");
      (this.list.querySelector("input") || this.filter).focus();
      return false;
    }
    await this.onDone(chosen.value, this.card, () => this.dialog.close());
    return true;
  }
}

function choice({ name, label, examples, topic }) {
  return el("label", { class: "check" }, el("input", { type: "radio", name: "intent", value: name }),
    el("span", {}, readable(label), el("span", { class: "muted small", text: ` ${counted(examples, "example")}${topic ? `, ${topic}` : ""}` })));
}
