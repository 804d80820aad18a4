// A dialog that asks before something happens. The browser keeps the focus inside; this puts it back where it was.

import { ApiError } from "./api.js";
import { showNotice } from "./dom.js";

/** A `<dialog>` with a form, a `.notice` for what went wrong and `[data-cancel]` buttons. */
export class AskDialog {
  /**
   * @param {HTMLDialogElement} root
   * @param {{onSubmit: function(): Promise<boolean>, onGone: function()}} handlers `onSubmit` resolves to whether it is
   *   done, an ApiError is shown in the dialog; `onGone` puts the focus somewhere when the button that had it is gone
   */
  constructor(root, { onSubmit, onGone }) {
    this.root = root;
    this.onSubmit = onSubmit;
    this.busy = false;
    this.form = root.querySelector("form");
    this.notice = root.querySelector(".notice--error");
    this.submit = root.querySelector("[type=submit]");
    for (const button of root.querySelectorAll("[data-cancel]")) button.addEventListener("click", () => this.close());
    // Escape closes the dialog and nothing else: on the page it means "back to the list"
    root.addEventListener("keydown", (event) => { if (event.key === "Escape") event.stopPropagation(); });
    root.addEventListener("click", (event) => { if (event.target === root) this.close(); }); // beside it
    root.addEventListener("close", () => {
      const back = this.#opener();
      if (back) back.focus();
      else onGone();
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  get isOpen() {
    return this.root.open;
  }

  /** Open it. */
  open() {
    if (this.root.open) return;
    this.before = document.activeElement;
    showNotice(this.notice, "");
    this.root.showModal();
  }

  /** Close it; nothing happens. */
  close() {
    if (this.root.open) this.root.close();
  }

  /** What opened it, or what has its place since the list around it was drawn anew. */
  #opener() {
    if (this.before?.isConnected) return this.before;
    const key = this.before?.dataset?.key;
    return key ? document.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
  }

  async #submit() {
    if (this.busy) return;
    this.busy = true;
    this.submit.setAttribute("aria-disabled", "true");
    showNotice(this.notice, "");
    try {
      if (await this.onSubmit()) this.close();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      showNotice(this.notice, error.message);
    } finally {
      this.busy = false;
      this.submit.removeAttribute("aria-disabled");
    }
  }
}
