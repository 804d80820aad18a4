/** What the visitor wrote and the server has not confirmed yet. */

import { exclusive } from './store.js';
import { backoff, uuid } from './transport.js';

/**
 * Outgoing messages, oldest first, in `items`.
 *
 * Each stays in storage, under a key of its own (tabs never overwrite each other), until the server shows it back; it is
 * always sent with the same client_message_id, so sending twice has the effect of once.
 *
 * `chat` is the Conversation: store, online, has(id), post(body), refused(), on(kind).
 */
export class Outbox {
  constructor(chat) {
    this.chat = chat;
    this.items = [];
    this.notice = ''; // the server's own words about a message that it could not take yet
    this.tries = new Map(); // client_message_id -> how often it was sent
    this.counter = 0;
    this.draining = false;
  }

  /** Keep a message of the visitor. `payload` is that of a button. */
  add(text, payload) {
    const at = Date.now();
    const order = `${String(at).padStart(14, '0')}-${String(this.counter++).padStart(6, '0')}`;
    const id = uuid();
    const page = { url: location.href, title: document.title, referrer: document.referrer };
    this.chat.store.set(`out:${order}:${id}`, { id, text, payload, page, at });
    this.read();
  }

  /** Take up what is in storage; other tabs write there too. */
  read() {
    const { store } = this.chat;
    const items = store.keys('out:').map((key) => store.get(key));
    this.items = items.filter((item) => item && !this.chat.has(item.id));
  }

  /** A button belongs to the conversation that offered it; in a new one its words can still be said. */
  dropPayloads() {
    const { store } = this.chat;
    for (const key of store.keys('out:')) {
      const item = store.get(key);
      if (item?.payload) store.set(key, { ...item, payload: undefined });
    }
    this.read();
  }

  forget(id) {
    const key = this.#keyOf(id);
    if (key) this.chat.store.remove(key);
    this.tries.delete(id);
    this.read();
  }

  isRetried(item) {
    return this.chat.online === false || (this.tries.get(item.id) ?? 0) > 1;
  }

  /** Send what waits, in order, one at a time, from one tab at a time. */
  async drain() {
    this.again = true;
    if (this.draining) return;
    this.draining = true;
    while (this.again) {
      this.again = false;
      await exclusive(`${this.chat.store.prefix}send`, async () => {
        for (;;) {
          this.read();
          const item = this.items.find(({ failed }) => !failed);
          if (!item || !this.chat.online || !(await this.#deliver(item))) return;
        }
      });
    }
    this.draining = false;
  }

  #keyOf(id) {
    return this.chat.store.keys('out:').find((key) => key.endsWith(id));
  }

  /** Whether `item` is settled: stored by the server, or refused for good. */
  async #deliver(item) {
    const { chat } = this;
    const { id, text, payload, page } = item;
    const tries = (this.tries.get(id) ?? 0) + 1;
    this.tries.set(id, tries);
    if (tries > 1) chat.on('change');
    try {
      await chat.post({ ...(payload ? { payload } : { text }), client_message_id: id, page });
      this.notice = '';
      this.forget(id);
      return true;
    } catch (trouble) {
      if (trouble.final) {
        const key = this.#keyOf(id);
        if (key) chat.store.set(key, { ...item, failed: trouble.message || String(trouble.status) });
        this.read();
      } else {
        this.tries.set(id, Math.max(tries, 2)); // shown as not delivered from now on
        if (trouble.status >= 500) this.notice = trouble.message;
        if (trouble.status === 401) chat.refused();
        else setTimeout(() => chat.online && this.drain(), backoff(tries));
      }
      return Boolean(trouble.final);
    } finally {
      chat.on('change');
    }
  }
}
