// The values that are tried, each beside what it is now.

import { byId, el } from "./dom.js";

const DAY_MILLISECONDS = 24 * 3600 * 1000;
const UNITS = { messages: ["message", "messages"], times: ["time", "times"] };
const ABSTAIN = "abstain_below";

/** "0.7", "1 message", "3 times". */
function inUnit(value, unit) {
  const words = UNITS[unit];
  return words ? `${value} ${value === 1 ? words[0] : words[1]}` : String(value);
}

/** The form. `onChanged` is called after each change of a value. */
export class Question {
  constructor({ settings, intents, abstain_below: abstain, last }, onChanged) {
    this.last = last;
    this.days = 30;
    this.onChanged = onChanged;
    this.tries = new Map();
    for (const one of settings) this.add(one, one.kind === "number" ? this.number(one) : this.intents(one, intents));
    this.add(...this.abstain(abstain));
    for (const button of byId("days").querySelectorAll("button")) button.addEventListener("click", () => this.choose(button));
  }

  add(one, node) {
    const group = byId(`group-${one.group}`);
    group.append(node);
    group.hidden = false;
  }

  /** Whether anything is other than it is now. */
  changed() {
    return [...this.tries.values()].some((one) => one.changed());
  }

  /** The body of the request. */
  asBody() {
    const set = {};
    let abstainBelow = null;
    for (const [key, one] of this.tries) {
      if (!one.changed()) continue;
      if (key === ABSTAIN) abstainBelow = one.value();
      else set[key] = one.value();
    }
    const from = new Date(Date.parse(this.last) - (this.days - 1) * DAY_MILLISECONDS);
    return { from: from.toISOString().slice(0, 10), to: this.last, set, abstain_below: abstainBelow };
  }

  /** Everything as it is now. */
  reset() {
    for (const one of this.tries.values()) one.reset();
    this.onChanged();
  }

  choose(chosen) {
    this.days = Number(chosen.dataset.days);
    for (const button of byId("days").querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === chosen));
  }

  abstain({ value, min, max, step }) {
    const known = value !== null;
    const one = {
      key: ABSTAIN, group: "doubt", label: "Answer from this much certainty on", unit: "score", min, max, step, value: known ? value : 0.5,
      help: "How likely the best answer must be right. Higher: fewer wrong answers, and more messages that are asked about. It stands in config.yml.",
    };
    const now = known ? `Now about ${value}, as the last 30 days show` : "What it is now is not known: there are no messages yet";
    return [one, this.number(one, now)];
  }

  number({ key, label, help, value, unit, min, max, step }, nowWords = `Now ${inUnit(value, unit)}`) {
    const id = `try-${key.replaceAll(".", "-")}`;
    const field = el("input", { id, type: "number", min, max, step: step < 1 ? "any" : step, inputmode: "decimal", "aria-describedby": `${id}-now ${id}-help` });
    const slider = el("input", { type: "range", min, max, step, "aria-label": `${label}, slider` });
    const now = el("p", { class: "try__now", id: `${id}-now` });
    const node = el("div", { class: "try" },
      el("label", { for: id, text: label }), el("div", { class: "try__row" }, slider, field), now, el("p", { class: "help", id: `${id}-help`, text: help }));
    const read = () => (field.value.trim() === "" ? value : Number(field.value));
    const mark = () => {
      const changed = read() !== value;
      node.dataset.changed = String(changed);
      now.textContent = changed ? `${nowWords}; you try ${inUnit(read(), unit)}` : nowWords;
      this.onChanged();
    };
    const reset = () => {
      slider.value = value;
      field.value = value;
      node.dataset.changed = "false";
      now.textContent = nowWords;
    };
    slider.addEventListener("input", () => { field.value = slider.value; mark(); });
    field.addEventListener("input", () => { slider.value = read(); mark(); });
    reset();
    this.tries.set(key, { value: read, changed: () => read() !== value, reset });
    return node;
  }

  intents({ key, label, help, value }, intents) {
    const had = new Set(value);
    const known = new Map(intents.map(({ name, label: words }) => [name, words]));
    for (const name of had) if (!known.has(name)) known.set(name, name);
    const boxes = [...known].map(([name, words]) => {
      const box = el("input", { type: "checkbox", value: name });
      return { name, box, node: el("label", { class: "check" }, box, el("span", { text: words })) };
    });
    const now = el("p", { class: "try__now" });
    const node = el("details", { class: "try" },
      el("summary", { text: label }), el("p", { class: "help", text: help }), now, el("div", { class: "try__intents", role: "group", "aria-label": label }, ...boxes.map((one) => one.node)));
    // the order of the file stays, and what is new comes after it
    const read = () => {
      const chosen = new Set(boxes.filter(({ box }) => box.checked).map(({ name }) => name));
      return [...value.filter((name) => chosen.has(name)), ...[...chosen].filter((name) => !had.has(name))];
    };
    const differ = () => boxes.filter(({ name, box }) => box.checked !== had.has(name));
    const mark = () => {
      const words = differ().map(({ name, box }) => `${box.checked ? "with" : "without"} ${known.get(name)}`);
      node.dataset.changed = String(words.length > 0);
      now.textContent = words.length ? `You try it ${words.join(", ")}` : `Now ${value.length} of ${boxes.length}`;
    };
    const reset = () => {
      for (const { name, box } of boxes) box.checked = had.has(name);
      mark();
    };
    node.addEventListener("change", () => { mark(); this.onChanged(); });
    reset();
    this.tries.set(key, { value: read, changed: () => differ().length > 0, reset });
    return node;
  }
}
