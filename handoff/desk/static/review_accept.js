// How a change is accepted, and what is to be done afterwards.

import { momentPassed } from "./delivery_cards.js";
import { copyText, el } from "./dom.js";
import { announce } from "./header.js";

const WAYS = [
  ["files", "Into the files of this project", "The next training learns it.", "The desk may not write the files here."],
  ["branch", "As a branch in git", "Nothing changes here until somebody merges it.", "The project is not kept in git here."],
  ["patch", "As a patch file", "For whoever keeps the files elsewhere.", ""],
];
const DONE = { files: "Written into the files", branch: "Kept as a branch in git", patch: "Kept as a patch" };
const COMMAND = /`([^`]+)`/; // what the API's sentences mark as to be typed

/** The form below a draft. `onAccept(how)` and `onDrop()` do it; it does nothing else meanwhile. */
export class AcceptForm {
  constructor({ writable, git }, { onAccept, onDrop }) {
    const possible = { files: writable, branch: git, patch: true };
    const [first] = WAYS.find(([how]) => possible[how]);
    this.busy = false;
    this.accept = el("button", { type: "submit", class: "button button--primary", text: "Accept" });
    this.drop = el("button", { type: "button", class: "button button--danger", text: "Drop", on: { click: () => this.#do(onDrop) } });
    this.note = el("p", { class: "help", role: "status", hidden: true });
    this.root = el("form", { class: "accept", novalidate: true, on: { submit: (event) => {
      event.preventDefault();
      if (this.allowed) this.#do(() => onAccept(this.root.querySelector("input:checked").value));
    } } },
      el("fieldset", { class: "ways" }, el("legend", { class: "visually-hidden", text: "How it is kept" }),
        ...WAYS.map(([how, name, about, why]) => way(how, name, possible[how] ? about : why, !possible[how], how === first))),
      this.note,
      el("div", { class: "accept__foot" }, this.accept, this.drop));
  }

  /** Say whether it can be accepted, and why not or what to bear in mind. */
  allow(allowed, note) {
    this.allowed = allowed;
    this.note.hidden = !note;
    if (this.note.textContent !== note) this.note.textContent = note;
    this.#paint();
  }

  async #do(action) {
    if (this.busy) return;
    this.busy = true;
    this.#paint();
    try {
      await action();
    } finally {
      this.busy = false;
      this.#paint();
    }
  }

  #paint() {
    disable(this.accept, this.busy || !this.allowed);
    disable(this.drop, this.busy);
  }
}

/** What accepting did, and the next step with its command to copy. */
export function outcome({ id, accepted, decided_at: at, decided_by: by }) {
  const command = COMMAND.exec(accepted.next_step)?.[1];
  return [
    el("h4", { class: "outcome__title", tabindex: "-1", text: `${DONE[accepted.how]}.` }),
    el("p", { class: "muted small" }, `By ${by || "somebody"}, `, momentPassed(at), accepted.branch && ", in ", accepted.branch && el("code", { text: accepted.branch }), accepted.patch && ", in ", accepted.patch && el("code", { text: accepted.patch })),
    el("p", { class: "outcome__next" }, ...withCommands(accepted.next_step)),
    el("div", { class: "accept__foot" },
      command && el("button", { type: "button", class: "button", text: `Copy ${command}`, on: { click: () => copy(command) } }),
      accepted.how === "patch" && el("a", { class: "button", href: `/api/review/changes/${id}/patch`, download: true, text: "Download the patch" })),
  ];
}

/** Text in which `what is typed` is shown as code. */
export function withCommands(text) {
  return text.split(COMMAND).map((part, place) => (place % 2 ? el("code", { text: part }) : part)).filter((part) => part !== "");
}

async function copy(command) {
  announce(await copyText(command) ? "Copied" : "It could not be copied; mark it and copy it yourself");
}

function disable(button, off) {
  if (off) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
}

function way(how, name, about, disabled, checked) {
  return el("label", { class: "way" }, el("input", { type: "radio", name: "how", value: how, disabled, checked }),
    el("span", { class: "way__name", text: name }), el("span", { class: "way__about", text: about }));
}
