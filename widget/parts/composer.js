/** The field in which the visitor writes. */

import { h, icon } from './dom.js';
import { tab } from './store.js';

const TEXT_LIMIT = 4000; // characters; what the server accepts
const HINT_FROM = 3500; // characters; from here on the room that is left is shown

const countOf = (text) => [...text].length; // as the server counts: characters, not UTF-16 halves

/** `text` as it can be sent; '' when it cannot. */
export function sendable(text) {
  const trimmed = String(text).trim();
  return countOf(trimmed) > TEXT_LIMIT ? '' : trimmed;
}

/** `send(text)` takes what was written; `typed(text)` is told of every change by the visitor. */
export class Composer {
  constructor(ui, { send, typed }) {
    this.ui = ui;
    this.send = send;
    this.input = h('textarea', {
      rows: '1',
      dir: 'auto',
      enterkeyhint: 'send',
      'aria-describedby': 'hint',
      oninput: () => {
        this.#changed();
        typed(this.input.value);
      },
      onkeydown: (event) => this.#key(event),
    });
    this.button = h('button', { class: 'send', type: 'submit' }, icon('send'));
    this.hint = h('p', { class: 'hint', id: 'hint', 'aria-live': 'polite' });
    const submit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    this.form = h('form', { class: 'write', onsubmit: submit }, this.input, this.button);
  }

  label() {
    this.input.setAttribute('aria-label', this.ui.t('input'));
    this.input.placeholder = this.ui.t('placeholder');
    this.button.setAttribute('aria-label', this.ui.t('send'));
    this.grow();
  }

  /** What was typed on an earlier page of this tab. */
  restore() {
    this.input.value = tab.get('draft') ?? '';
  }

  /** Put `text` back, before what is being written. */
  take(text) {
    this.input.value = [text, this.input.value].filter(Boolean).join('\n');
    this.#changed();
    this.input.focus();
  }

  /** As high as what is written. */
  grow() {
    const { value, style } = this.input;
    style.blockSize = 'auto';
    // scrollHeight is 0 while the panel is hidden
    style.blockSize = this.input.scrollHeight ? `${this.input.scrollHeight}px` : '';
    const count = countOf(value.trim());
    const over = count - TEXT_LIMIT;
    this.hint.className = over > 0 ? 'hint bad' : 'hint';
    if (over > 0) this.hint.textContent = this.ui.t('tooLong', { limit: TEXT_LIMIT, count: over });
    else this.hint.textContent = count > HINT_FROM ? this.ui.t('charactersLeft', { count: -over }) : '';
    this.input.setAttribute('aria-invalid', String(over > 0));
    this.button.disabled = !count || over > 0;
  }

  #changed() {
    tab.set('draft', this.input.value);
    this.grow();
  }

  #key(event) {
    // 229: the key that ends an input method's composition in Safari, which no longer says isComposing
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const text = sendable(this.input.value);
    if (!text) return;
    this.input.value = '';
    this.#changed();
    this.send(text);
    this.input.focus();
  }
}
