// Edits that are collected, to be previewed and accepted together. They live as long as the tab does.

import { byId, el } from "./dom.js";
import { operationWords } from "./review_words.js";
import { counted } from "./words.js";

const KEY = "handoff-review-collected";

/** `onChanged()` hears when the list changes; `onPreview(operations)` drafts them all and resolves when that is done. */
export class Collected {
  constructor({ label, onChanged, onPreview }) {
    this.label = label;
    this.onChanged = onChanged;
    this.operations = read();
    this.switch = byId("collect");
    this.switch.checked = this.operations.length > 0;
    byId("collected-preview").addEventListener("click", () => onPreview(this.operations));
  }

  /** Whether edits are collected instead of previewed at once. */
  get isOn() {
    return this.switch.checked;
  }

  /** Put one more on the list. */
  add(operation) {
    this.#set([...this.operations, operation]);
  }

  /** Take one back. */
  remove(operation) {
    this.#set(this.operations.filter((one) => one !== operation));
  }

  /** They have become a change. */
  clear() {
    this.#set([]);
  }

  /** The edit that has taken one of these messages, or null. */
  of(messageIds) {
    return this.operations.find((one) => one.message_ids.some((id) => messageIds.includes(id))) || null;
  }

  /** Say what is collected. */
  show() {
    const { length } = this.operations;
    byId("collected").hidden = !length;
    byId("collected-title").textContent = `${counted(length, "edit")} collected`;
    byId("collected-list").replaceChildren(...this.operations.map((one) => el("li", { text: operationWords(one, this.label) })));
  }

  #set(operations) {
    this.operations = operations;
    write(operations);
    this.show();
    this.onChanged();
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) || [];
  } catch {
    return []; // this browser keeps nothing, or somebody has written nonsense there
  }
}

function write(operations) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(operations));
  } catch {
    return; // they are kept until the page is left
  }
}
