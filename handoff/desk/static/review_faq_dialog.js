// The dialog in which a group becomes an FAQ: everything is filled in, and can be changed.

import { AskDialog } from "./dialog.js";
import { byId, el, showNotice } from "./dom.js";

const NAME = /^[a-z0-9]+(?:_[a-z0-9]+)*$/;
const FEWEST = 2; // examples; Rasa warns of an intent with one

const inWords = (name) => name.replaceAll("_", " ");

/** `onDone(operation, card, close)` makes the edit and closes the dialog, else throws an ApiError. */
export class FaqDialog {
  constructor({ onDone, onGone }) {
    this.onDone = onDone;
    this.answer = byId("faq-answer");
    this.name = byId("faq-name");
    this.label = byId("faq-label");
    this.dialog = new AskDialog(byId("faq-dialog"), { onSubmit: () => this.#submit(), onGone });
    this.name.addEventListener("input", () => {
      byId("faq-name-shown").textContent = this.name.value;
      if (!this.labelTouched) this.label.value = inWords(this.name.value);
    });
    this.label.addEventListener("input", () => (this.labelTouched = true));
  }

  /** Open for a group; `topics` are those of handoff.yml with how they are said, `next` is what the button says. */
  open(card, topics, next) {
    const { group } = card;
    this.card = card;
    this.labelTouched = false;
    this.name.value = group.faq_name;
    byId("faq-name-shown").textContent = group.faq_name;
    this.label.value = inWords(group.faq_name);
    this.answer.value = group.human_answers[0]?.text || "";
    byId("faq-answer-help").textContent = group.human_answers.length
      ? `As ${group.human_answers[0].agent} answered it. Read it once as an answer to everybody, since every visitor will get it.`
      : "No person has answered this so far. Write what every visitor may be told.";
    const [automatic] = byId("faq-topic").options;
    byId("faq-topic").replaceChildren(automatic, ...topics.map(([value, text]) => el("option", { value, text })));
    byId("faq-topic").value = "";
    this.#drafts(group.human_answers);
    byId("faq-examples").replaceChildren(...card.messages.map(([message, ticked]) => this.#example(message, ticked)));
    const masked = group.messages.some((message) => message.example !== message.text.trim());
    showNotice(byId("faq-masked"), masked ? "Names, addresses and numbers of visitors are replaced by others." : "");
    byId("faq-more").value = "";
    this.#mark(null);
    this.dialog.submit.textContent = next;
    this.dialog.open();
    this.answer.focus();
  }

  #drafts(answers) {
    byId("faq-drafts").hidden = answers.length < 2;
    byId("faq-drafts-list").replaceChildren(...answers.map(({ text, agent }) => el("button", {
      type: "button", class: "button button--small review__draft", "aria-label": `Take what ${agent} answered: ${text}`,
      on: { click: () => {
        this.answer.value = text;
        this.answer.focus();
      } },
    }, el("span", { text }), el("span", { class: "muted", text: agent }))));
  }

  #example(message, ticked) {
    const box = el("input", { type: "checkbox", value: message.id, on: { change: (event) => this.card.tick(message.id, event.target.checked) } });
    box.checked = ticked;
    return el("label", { class: "check" }, box, el("span", { text: message.example }));
  }

  #mark(wrong) {
    for (const field of [this.name, this.answer]) {
      if (field === wrong) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    wrong?.focus();
  }

  get #examples() {
    return [...this.card.examples, ...byId("faq-more").value.split("\n").map((line) => line.trim()).filter(Boolean)];
  }

  #problem() {
    if (!this.answer.value.trim()) return [this.answer, "Write what the assistant will answer."];
    if (!NAME.test(this.name.value.trim())) return [this.name, "A name has small letters, digits and underscores, and no blanks."];
    if (this.#examples.length < FEWEST) return [byId("faq-examples").querySelector("input"), "It takes two ways to ask it or more: tick another one, or write one below."];
    return null;
  }

  async #submit() {
    const [wrong, message] = this.#problem() || [null, ""];
    this.#mark(wrong);
    showNotice(this.dialog.notice, message);
    if (wrong) return false;
    await this.onDone({
      kind: "new_faq",
      name: this.name.value.trim(),
      label: this.label.value.trim() || null,
      answer: this.answer.value.trim(),
      topic: byId("faq-topic").value || null,
      examples: this.#examples,
      message_ids: this.card.messageIds,
    }, this.card, () => this.dialog.close());
    return true;
  }
}
