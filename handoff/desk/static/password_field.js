// A password for somebody else: one that is made here, or one that the administrator types.

import { el } from "./dom.js";

const SHORTEST = 10; // handoff/passwords.py refuses shorter ones
const GROUPS = 4;
const GROUP_LENGTH = 4;
// no characters that look alike on paper or sound alike on the phone: 28 of them, 16 times, are 76 bits
const CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456";

/** The controls inside `root`; `prefix` keeps their ids apart. */
export class PasswordField {
  constructor(root, prefix) {
    this.typed = el("input", { id: `${prefix}-typed`, type: "text", maxlength: 1024, autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-describedby": `${prefix}-help` });
    this.make = el("input", { type: "radio", name: `${prefix}-kind`, id: `${prefix}-make`, checked: true });
    this.type = el("input", { type: "radio", name: `${prefix}-kind`, id: `${prefix}-type` });
    this.part = el("div", { hidden: true }, el("label", { for: this.typed.id, text: "Password" }), this.typed,
      el("p", { class: "help", id: `${prefix}-help`, text: `At least ${SHORTEST} characters.` }));
    for (const radio of [this.make, this.type]) radio.addEventListener("change", () => this.#show());
    root.append(el("fieldset", { class: "checks" }, el("legend", { text: "Password" }),
      el("label", { class: "check", for: this.make.id }, this.make, "Make a safe one"),
      el("label", { class: "check", for: this.type.id }, this.type, "Let me type one"), this.part));
  }

  /** Begin anew. */
  reset() {
    this.typed.value = "";
    this.make.checked = true;
    this.#show();
  }

  /** What is wrong with it, or "". */
  problem() {
    const short = this.type.checked && this.typed.value.length < SHORTEST;
    if (short) this.typed.setAttribute("aria-invalid", "true");
    else this.typed.removeAttribute("aria-invalid");
    if (short) this.typed.focus();
    return short ? `The password must have at least ${SHORTEST} characters.` : "";
  }

  /** The password. */
  value() {
    return this.make.checked ? safePassword() : this.typed.value;
  }

  #show() {
    this.part.hidden = this.make.checked;
    if (this.type.checked) this.typed.focus();
  }
}

/** Like "kfrt-92mx-qhhp-5vwd", from the browser's source of secrets. */
export function safePassword() {
  // bytes from here on up would make the first characters likelier than the last
  const fair = 256 - (256 % CHARACTERS.length);
  const picked = [];
  while (picked.length < GROUPS * GROUP_LENGTH) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < fair) picked.push(CHARACTERS[byte % CHARACTERS.length]);
  }
  return Array.from({ length: GROUPS }, (_, group) => picked.slice(group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH).join("")).join("-");
}
