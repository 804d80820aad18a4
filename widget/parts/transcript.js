/** The menu in the panel's head: the conversation as a file, or by e-mail. */

import { button, h, icon } from './dom.js';

/** `mail()` asks for the address; `failed(text)` tells that the file could not be had. */
export class TranscriptMenu {
  constructor(ui, { mail, failed }) {
    this.ui = ui;
    this.failed = failed;
    this.opener = button('icon', () => this.#show(this.list.hidden), icon('more'));
    this.opener.setAttribute('aria-controls', 'menu');
    this.download = button('', () => this.#pick(() => this.#save()));
    this.mail = button('', () => this.#pick(mail));
    this.list = h('div', { class: 'menu', id: 'menu', hidden: true }, this.download, this.mail);
    this.node = h('div', { class: 'more', hidden: true }, this.opener, this.list);
    this.node.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || this.list.hidden) return;
      event.stopPropagation();
      this.#show(false);
      this.opener.focus();
    });
    this.node.addEventListener('focusout', ({ relatedTarget }) => relatedTarget && !this.node.contains(relatedTarget) && this.#show(false));
    this.#show(false);
  }

  label() {
    this.opener.setAttribute('aria-label', this.ui.t('more'));
    this.download.textContent = this.ui.t('download');
    this.mail.textContent = this.ui.t('mailTranscript');
  }

  /** Close when something else of the panel is clicked. */
  clicked(event) {
    if (!event.composedPath().includes(this.node)) this.#show(false);
  }

  #show(open) {
    this.list.hidden = !open;
    this.opener.setAttribute('aria-expanded', String(open));
  }

  #pick(act) {
    this.#show(false);
    this.opener.focus();
    act();
  }

  async #save() {
    try {
      const text = await this.ui.chat.act('transcript');
      const href = URL.createObjectURL(new Blob([text], { type: 'text/plain;charset=utf-8' }));
      h('a', { href, download: `${this.ui.t('transcriptFile')}.txt` }).click();
      setTimeout(() => URL.revokeObjectURL(href));
    } catch (trouble) {
      this.failed(trouble.message || this.ui.t('notSaved'));
    }
  }
}
