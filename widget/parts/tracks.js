/** What the visitor did that the shop wanted (an order, a booked demo), until the server has it. */

import { exclusive } from './store.js';
import { uuid } from './transport.js';

const RETRY_MS = 30000; // after a server that was busy; a lost connection tries again by itself when it is back

/** Each stays in storage until it is settled, and has a reference, so sending twice has the effect of once. */
export class Tracks {
  /** `chat` is the Conversation: store, online, act(). */
  constructor(chat) {
    this.chat = chat;
  }

  /** Keep one. Whether there is a conversation that it can count for. */
  add(name, { reference = uuid(), value, currency } = {}) {
    const { store } = this.chat;
    if (!store.get('session')) return false;
    store.set(`track:${uuid()}`, { name, reference: String(reference), value, currency });
    this.drain();
    return true;
  }

  /** Send what waits, from one tab at a time. */
  drain() {
    const { chat } = this;
    const { store } = chat;
    return exclusive(`${store.prefix}track`, async () => {
      for (const key of store.keys('track:')) {
        try {
          await chat.act('track', store.get(key));
        } catch (trouble) {
          if (!trouble.final) return void setTimeout(() => chat.online && this.drain(), RETRY_MS);
          console.warn('handoff-chat: track:', trouble.message);
        }
        store.remove(key);
      }
    });
  }
}
