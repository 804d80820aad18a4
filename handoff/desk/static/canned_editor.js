// The dialog in which a canned reply is written, with the variables it may use and a preview.

import { request } from "./api.js";
import { AskDialog } from "./dialog.js";
import { byId, el, showNotice } from "./dom.js";
import { fill } from "./placeholders.js";
import { exampleValues, variableWords } from "./variables.js";

const SHORTCUT = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** `onSaved(reply, isNew)` gets what the server stored. */
export class CannedEditor {
  constructor({ onSaved }) {
    this.onSaved = onSaved;
    this.reply = null;
    this.text = byId("text");
    this.dialog = new AskDialog(byId("editor"), { onSubmit: () => this.#save(), onGone: () => byId("add").focus() });
    this.text.addEventListener("input", () => this.#preview());
    const names = byId("variables").dataset.names.split(",").filter(Boolean);
    byId("variables").append(...names.map((name) => this.#variable(name)));
  }

  /** Open for a reply, or for a new one. */
  open(reply = null) {
    this.reply = reply;
    byId("editor-title").textContent = reply ? `Edit /${reply.shortcut}` : "Add a reply";
    byId("shortcut").value = reply?.shortcut || "";
    byId("queue").value = reply?.queue || "";
    byId("title").value = reply?.title || "";
    this.text.value = reply?.text || "";
    this.#mark(null);
    this.#preview();
    this.dialog.open();
    byId(reply ? "text" : "shortcut").focus();
  }

  #variable(name) {
    const what = variableWords(name);
    return el("button", { type: "button", class: "button button--small", title: what, on: { click: () => this.#insert(`{${name}}`) } },
      el("code", { text: `{${name}}` }), el("span", { class: "visually-hidden", text: `, ${what}` }));
  }

  #insert(words) {
    this.text.setRangeText(words, this.text.selectionStart, this.text.selectionEnd, "end");
    this.#preview();
    this.text.focus();
  }

  #preview() {
    byId("preview").textContent = fill(this.text.value, exampleValues(document.body.dataset.agentName)) || "Nothing is written yet.";
  }

  #mark(wrong) {
    for (const id of ["shortcut", "title", "text"]) {
      if (id === wrong) byId(id).setAttribute("aria-invalid", "true");
      else byId(id).removeAttribute("aria-invalid");
    }
    if (wrong) byId(wrong).focus();
  }

  #problem({ shortcut, title, text }) {
    if (!SHORTCUT.test(shortcut)) return ["shortcut", "A shortcut has small letters, digits and hyphens, and no blanks."];
    if (!title) return ["title", "Give it a title, so that colleagues find it."];
    return text ? null : ["text", "Write the text."];
  }

  async #save() {
    const body = {
      shortcut: byId("shortcut").value.trim().replace(/^\//, "").toLowerCase(),
      title: byId("title").value.trim(),
      text: this.text.value.trim(),
      queue: byId("queue").value || null,
    };
    const [wrong, message] = this.#problem(body) || [null, ""];
    this.#mark(wrong);
    if (wrong) {
      showNotice(this.dialog.notice, message);
      return false;
    }
    const answer = this.reply
      ? await request("PUT", `/canned/${encodeURIComponent(this.reply.id)}`, body)
      : await request("POST", "/canned", body);
    this.onSaved(answer.canned, this.reply === null);
    return true;
  }
}
