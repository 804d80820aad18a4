// One group of messages that mean much the same: what happened, what a person said, and what to make of it.

import { momentPassed } from "./delivery_cards.js";
import { el } from "./dom.js";
import { kindsWords, kindWords } from "./review_words.js";
import { counted } from "./words.js";

const FIRST_SHOWN = 4; // what one sees at a glance; the others are a click away
const NEAREST_SHOWN = 3;
const OUT_OF_SCOPE = "out_of_scope"; // has a button of its own
const LIKELY_FROM = 0.15; // a smaller share is one stray neighbour, and no proposal

/** The card of a group. */
export class ReviewGroup {
  /**
   * @param {Object} group as the API gives it
   * @param {{onFaq: function(ReviewGroup), onAdd: function(ReviewGroup, string), onOther: function(ReviewGroup),
   *   onOutOfScope: function(ReviewGroup), onIgnore: function(ReviewGroup)}} handlers
   */
  constructor(group, handlers) {
    this.group = group;
    this.handlers = handlers;
    this.left = new Set(); // ids of messages that were unticked
    this.foot = el("div");
    this.waits = el("p", { class: "notice small review-group__waits", hidden: true });
    this.root = el("li", { class: "item review-group", data: { id: group.id } },
      el("div", { class: "item__head" }, el("h3", { class: "item__title", id: `name-${group.id}`, text: group.name }),
        el("span", { class: "chip", text: counted(group.visits, "visit") })),
      el("p", { class: "item__facts muted small" }, `${counted(group.count, "message")}: ${kindsWords(group.kinds)}`),
      this.#messages(),
      this.#humanAnswers(),
      this.waits,
      this.foot);
    this.choose();
  }

  /** Offer what can be made of it. */
  choose() {
    this.root.dataset.collected = "";
    this.#choices();
  }

  /** Say what was made of it, to be previewed later. */
  collect(words, onTakeBack) {
    this.root.dataset.collected = "true";
    this.foot.replaceChildren(el("div", { class: "item__foot item__foot--words" }, el("span", { class: "small", text: `Collected: ${words}` }),
      el("button", { type: "button", class: "button button--small", "aria-label": `Take it back: ${this.group.name}`, text: "Take it back", on: { click: onTakeBack } })));
  }

  /** Say that a change with its messages waits for a decision; `link` leads to it, null: none does. */
  waitFor(link) {
    this.waits.hidden = !link;
    this.waits.replaceChildren(...(link ? ["It is in a change that waits for you: ", link] : []));
  }

  /** Put the focus on the first thing that can be done. */
  focus() {
    this.foot.querySelector("button").focus();
  }

  /** The messages that are ticked, as examples. */
  get examples() {
    return this.#ticked.map((message) => message.example);
  }

  /** Ids of all that a decision settles: everything but what was unticked. */
  get messageIds() {
    return this.group.message_ids.filter((id) => !this.left.has(id));
  }

  /** The messages with whether each is ticked, as [message, boolean]. */
  get messages() {
    return this.group.messages.map((message) => [message, !this.left.has(message.id)]);
  }

  /** Tick or untick one. */
  tick(id, on) {
    if (on) this.left.delete(id);
    else this.left.add(id);
    const box = [...this.root.querySelectorAll("input[type=checkbox]")].find((one) => one.value === id);
    if (box) box.checked = on;
  }

  get #ticked() {
    return this.group.messages.filter((message) => !this.left.has(message.id));
  }

  #messages() {
    const rows = this.group.messages.map((message) => this.#message(message));
    const rest = rows.splice(FIRST_SHOWN);
    return el("fieldset", { class: "said" }, el("legend", { class: "visually-hidden", text: `What visitors wrote: ${this.group.name}` }), ...rows,
      rest.length > 0 && el("details", { class: "said__rest" }, el("summary", { text: `${rest.length} more` }), ...rest));
  }

  #message(message) {
    const box = el("input", { type: "checkbox", value: message.id, on: { change: (event) => this.tick(message.id, event.target.checked) } });
    box.checked = true;
    return el("div", { class: "said__one" },
      el("label", { class: "check" }, box, el("span", { class: "said__text", text: message.text }), message.times > 1 && el("span", { class: "muted small", text: `${message.times} times` })),
      el("p", { class: "said__then muted small" }, ...this.#story(message)));
  }

  #story(message) {
    const parts = [momentPassed(message.at), `, ${kindWords(message.kind)}.`];
    if (message.answer) parts.push(" The assistant said: ", el("q", { text: message.answer }));
    if (message.next) parts.push(` Then ${message.next}.`);
    if (message.visit_id !== null) parts.push(" ", el("a", { href: `/desk/metrics?visit=${message.visit_id}`, "aria-label": `See the visit: ${message.text}`, text: "See the visit" }));
    return parts;
  }

  #humanAnswers() {
    const [best, ...others] = this.group.human_answers;
    if (!best) return el("p", { class: "review-group__nobody muted small", text: "No person has answered this so far." });
    return el("div", { class: "review-group__human" },
      el("h4", { text: "What a person answered" }),
      humanAnswer(best),
      others.length > 0 && el("details", {}, el("summary", { text: `${counted(others.length, "other answer")}` }), ...others.map(humanAnswer)));
  }

  #choices() {
    const { name } = this.group;
    const near = this.group.nearest.filter((one) => one.share >= LIKELY_FROM && one.intent !== OUT_OF_SCOPE).slice(0, NEAREST_SHOWN);
    const button = (text, click, look = "") => el("button", { type: "button", class: `button button--small ${look}`, "aria-label": `${text}: ${name}`, text, on: { click } });
    this.foot.replaceChildren(
      el("div", { class: "review-group__foot", role: "group", "aria-label": `What to do: ${name}` },
        button("Make an FAQ", () => this.handlers.onFaq(this), "button--primary"),
        button("Out of scope", () => this.handlers.onOutOfScope(this)),
        button("Ignore", () => this.#ask())),
      el("div", { class: "review-group__near" },
        el("span", { class: "muted small", text: near.length ? "Or the assistant should have known it:" : "Or it belongs to what there is:" }),
        ...near.map((one) => this.#nearest(one)),
        button(near.length ? "Another" : "Choose", () => this.handlers.onOther(this))));
  }

  #nearest({ intent, label, share, example }) {
    return el("button", {
      type: "button", class: "button button--small", title: `For example: ${example}`, "aria-label": `Add to ${label}: ${this.group.name}`, data: { intent },
      on: { click: () => this.handlers.onAdd(this, intent) },
    }, "Add to ", el("em", { text: label }), el("span", { class: "muted", text: ` ${Math.round(share * 100)} %` }));
  }

  #ask() {
    const id = `ignore-${this.group.id}`;
    const yes = el("button", { type: "button", class: "button button--small button--danger", "aria-describedby": id, text: "Yes, ignore it", on: { click: () => this.handlers.onIgnore(this) } });
    const keep = () => {
      this.#choices();
      this.foot.querySelector(`[aria-label^="Ignore"]`).focus();
    };
    this.foot.replaceChildren(el("div", { class: "item__foot item__foot--words", role: "group", "aria-labelledby": id, on: { keydown: (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      keep();
    } } },
      el("span", { class: "small", id, text: "Nothing is learned from these messages, and they leave this list for good." }),
      el("button", { type: "button", class: "button button--small", text: "Keep it", on: { click: keep } }), yes));
    yes.focus();
  }
}

function humanAnswer({ text, agent, handoff_id: handoff }) {
  return el("figure", { class: "human" }, el("blockquote", { text }),
    el("figcaption", { class: "muted small" }, `${agent}, in `, el("a", { href: `/desk/handoffs/${encodeURIComponent(handoff)}`, text: "this conversation" })));
}
