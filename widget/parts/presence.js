/** What the server hears of the visitor besides messages: being there, having seen an answer, typing. */

const HERE_MS = 30000; // the server takes a visitor for gone after three of these
const TYPING_EVERY_MS = 3000; // one word about typing in this time is enough
const TYPING_END_MS = 5000; // without a key for this long, nobody is typing

export class Presence {
  constructor(ui) {
    this.ui = ui;
    this.typing = 0; // when it was last told, 0: not
  }

  start() {
    this.timer = setInterval(() => this.here(), HERE_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.stopTyping();
  }

  /** Tell that the page is in sight. Nobody waits for it while only the assistant is concerned. */
  here() {
    const { chat } = this.ui;
    if (!document.hidden && chat.state?.status) chat.signal('here', {});
  }

  /** Tell once, for all tabs, how far an agent's answers have been seen. */
  async seen() {
    const { chat } = this.ui;
    const seq = chat.messages.findLast(({ from }) => from === 'agent')?.seq ?? 0;
    if (seq <= Math.max(chat.store.get('seen') ?? 0, this.telling ?? 0)) return;
    this.telling = seq;
    if (await chat.signal('seen', { seq: chat.last })) chat.store.set('seen', seq);
    this.telling = 0;
  }

  /** The visitor changed what is in the field, to `text`. */
  typed(text) {
    if (!text.trim() || this.ui.chat.state?.owner !== 'human') return this.stopTyping();
    clearTimeout(this.end);
    this.end = setTimeout(() => this.stopTyping(), TYPING_END_MS);
    if (Date.now() - this.typing < TYPING_EVERY_MS) return undefined;
    this.typing = Date.now();
    return this.ui.chat.signal('typing', { on: true });
  }

  stopTyping() {
    clearTimeout(this.end);
    if (this.typing) this.ui.chat.signal('typing', { on: false });
    this.typing = 0;
  }
}
