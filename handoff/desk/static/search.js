// The search box above the list. The server searches, in everything that was said and noted, open and closed.

const PAUSE_MILLISECONDS = 250; // between the last key and the question to the server

/** `onSearch(text)` is called after a pause in typing, with "" when there is nothing to search for any more. */
export class Search {
  constructor(input, { onSearch, onLeave }) {
    this.input = input;
    this.onSearch = onSearch;
    this.text = "";
    input.addEventListener("input", () => this.#soon());
    input.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#now();
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown") onLeave();
      else if (event.key === "Escape" && input.value) this.clear();
      else if (event.key === "Escape") onLeave();
      else return;
      event.preventDefault();
    });
  }

  /** Put the focus into the box. */
  focus() {
    this.input.focus();
    this.input.select();
  }

  /** Search for nothing. */
  clear() {
    this.input.value = "";
    this.#now();
  }

  #soon() {
    clearTimeout(this.waiting);
    if (this.input.value.trim()) this.waiting = setTimeout(() => this.#now(), PAUSE_MILLISECONDS);
    else this.#now();
  }

  #now() {
    clearTimeout(this.waiting);
    const text = this.input.value.trim();
    if (text === this.text) return;
    this.text = text;
    this.onSearch(text);
  }
}
