// Asks before a handoff is taken away from another live chat, where somebody may be at work on it.

import { AskDialog } from "./dialog.js";
import { byId } from "./dom.js";

/** `onTakeOver()` does it; it resolves when it is done, else throws an ApiError. `onGone()`: see AskDialog. */
export class TakeoverDialog {
  constructor({ onTakeOver, onGone }) {
    const onSubmit = async () => {
      await onTakeOver();
      return true;
    };
    this.dialog = new AskDialog(byId("takeover-dialog"), { onSubmit, onGone });
  }

  /** Ask; `words` say what it means. */
  open(words) {
    byId("takeover-text").textContent = words;
    this.dialog.open();
  }

  /** Close it; nothing happens. */
  close() {
    this.dialog.close();
  }
}
