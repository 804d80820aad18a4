// Back to the queue, with a word for whoever takes it next.

import { AskDialog } from "./dialog.js";
import { byId } from "./dom.js";

/** `onRelease(note)` does it; it resolves when it is done, else throws an ApiError. `onGone()`: see AskDialog. */
export class ReleaseDialog {
  constructor({ onRelease, onGone }) {
    this.note = byId("release-note");
    const onSubmit = async () => {
      await onRelease(this.note.value.trim());
      return true;
    };
    this.dialog = new AskDialog(byId("release-dialog"), { onSubmit, onGone });
  }

  /** Ask. */
  open() {
    if (this.dialog.isOpen) return;
    this.note.value = "";
    this.dialog.open();
    this.note.focus();
  }

  /** Close it; nothing happens. */
  close() {
    this.dialog.close();
  }
}
