/** One visitor's conversation: session, connection, messages in order, and whom the visitor talks to. */

import { Outbox } from './outbox.js';
import { exclusive, Store } from './store.js';
import { Tracks } from './tracks.js';
import { backoff, openSocket, request, Trouble } from './transport.js';

const POLL_MS = 3000; // while there is no socket
const POLL_HIDDEN_MS = 15000;
const SOCKET_RETRY_MS = 60000; // how long polling is used before a socket is tried again

/**
 * `messages` holds what the server confirmed, ascending and without gaps by `seq`; `outbox` what it did not yet.
 * `state` is the server's (docs/channel-web.md), null before it is known.
 *
 * `on(kind, detail)` is told of: change; message {message, history}; state {first}; typing {from, on}; session; renewed.
 */
export class Conversation {
  constructor(server, on) {
    this.server = server;
    this.on = on;
    this.store = new Store(`handoff-chat:${server}:`);
    this.outbox = new Outbox(this);
    this.tracks = new Tracks(this);
    this.messages = [];
    this.state = null;
    this.online = null; // null: not tried yet
    this.session = null;
    this.socket = null;
    this.run = 0; // number of the connection loop that is in charge; 0: none
    this.runs = 0;
    this.wake = () => {};
    this.heard = 0; // highest seq that was mentioned
    this.loaded = false; // history is there
  }

  get last() {
    return this.messages.at(-1)?.seq ?? 0;
  }

  get read() {
    return this.store.get('read') ?? 0;
  }

  set read(seq) {
    if (seq > this.read) this.store.set('read', seq);
  }

  /** Whether there is a conversation, of this page or an earlier one. */
  get begun() {
    return Boolean(this.session || this.outbox.items.length || this.store.get('session'));
  }

  /** The conversation's id, null before there is one. */
  get id() {
    return this.store.get('session')?.conversation_id ?? null;
  }

  has(id) {
    return this.messages.some((message) => message.client_message_id === id);
  }

  /** Take up a conversation of an earlier page, if there is one. Nothing goes over the network otherwise. */
  start() {
    this.listen = new AbortController();
    const { signal } = this.listen;
    const wake = () => this.wake();
    window.addEventListener('online', wake, { signal });
    document.addEventListener('visibilitychange', () => document.hidden || wake(), { signal });
    window.addEventListener('storage', (event) => this.#otherTab(event), { signal });
    this.outbox.read();
    if (this.begun) this.connect();
  }

  stop() {
    this.run = 0;
    this.listen?.abort();
    this.wake();
    this.socket?.close();
  }

  connect() {
    if (!this.run) this.#loop();
  }

  /** Put a message of the visitor on its way. `payload` is that of a button. */
  send(text, payload) {
    this.outbox.add(text, payload);
    this.on('change');
    this.connect();
    if (this.online) this.outbox.drain();
    else this.wake();
  }

  /** Take a message that the server will not accept out of the outbox. */
  discard(id) {
    this.outbox.forget(id);
    this.on('change');
  }

  /** Something other than a message: `rating`, `contact`, `cancel`, `transcript`, `track`. Rejects with Trouble. */
  async act(name, body) {
    await this.#ensureSession();
    const answer = await request(`${this.server}/${name}`, this.session.token, body);
    if (answer.messages?.length) await this.#sync();
    this.#setState(answer.state);
    return answer;
  }

  /** A sign of life: `seen`, `here`, `typing`. Whether it arrived; the next one comes anyway. */
  async signal(name, body) {
    const { session, socket } = this;
    if (!session) return false;
    try {
      const answer = await (socket ? socket.emit(name, body) : request(`${this.server}/${name}`, session.token, body));
      if (this.session === session) this.#setState(answer?.state);
      return !answer?.error;
    } catch {
      return false;
    }
  }

  /** The server refused the token while a message was sent: the connection loop finds out and begins anew. */
  refused() {
    if (this.socket) this.socket.close();
    else this.wake();
  }

  // ---- connection

  /** Keep a connection until stop(). One loop is in charge at a time; an older one sees that and ends. */
  async #loop() {
    const run = (this.run = ++this.runs);
    const current = () => this.run === run;
    let failures = 0;
    while (current()) {
      let trouble;
      try {
        await this.#ensureSession();
        const address = `${this.server}/socket.io/?EIO=4&transport=websocket`.replace(/^http/, 'ws');
        const socket = await openSocket(address, this.session.token, (event, data) => this.#event(event, data));
        if (!current()) return socket.close();
        this.socket = socket;
        await this.#sync();
        failures = 0;
        this.#setOnline(true);
        this.outbox.drain();
        await socket.closed;
      } catch (error) {
        trouble = error;
      }
      this.socket?.close();
      this.socket = null;
      if (!current()) return;
      failures += 1;
      // with the socket gone for good (a proxy that blocks it) plain requests take over; after a mere restart of the
      // server, one request tells whether it is back, and the socket is tried again at once
      if (failures < 2) this.#setOnline(false);
      if (this.session) trouble = await this.#poll(current, failures > 1 ? SOCKET_RETRY_MS : 0);
      if (!current()) return;
      if (trouble?.status === 401) this.#renew();
      if (!this.session && !this.outbox.items.length) return void (this.run = 0); // the next message begins a new one
      await this.#pause(backoff(failures));
    }
  }

  /** Ask for new messages every few seconds for `time` ms, at least once. Returns what ended it early, if anything did. */
  async #poll(current, time) {
    const until = Date.now() + time;
    try {
      do {
        await this.#sync();
        if (!time || !current()) return undefined;
        this.#setOnline(true);
        this.outbox.drain();
        await this.#pause(document.hidden ? POLL_HIDDEN_MS : POLL_MS);
      } while (current() && Date.now() < until);
      return undefined;
    } catch (trouble) {
      if (current()) this.#setOnline(false);
      return trouble;
    }
  }

  #pause(time) {
    return new Promise((done) => {
      const timer = setTimeout(done, time);
      this.wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  #setOnline(online) {
    if (this.online === online) return;
    this.online = online;
    if (online) {
      this.outbox.notice = '';
      this.tracks.drain();
    }
    this.on('change');
  }

  async #ensureSession() {
    if (this.session) return;
    const { store } = this;
    await exclusive(`${store.prefix}session`, async () => {
      let session = store.get('session');
      if (!session) {
        const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
        const body = { locale: navigator.language, timezone: timeZone, ...store.get('details') };
        session = await request(`${this.server}/sessions`, null, body).catch((trouble) => {
          if (trouble.final) store.remove('details'); // a detail that the server does not take must not end the chat
          throw trouble;
        });
        for (const key of ['read', 'details', ...store.keys('done:'), ...store.keys('track:')]) store.remove(key);
        store.set('session', session);
        this.on('session');
      }
      this.session = session;
    });
  }

  /** The token was refused: let go of it, unless another tab has already begun anew. */
  #renew() {
    if (this.store.get('session')?.token === this.session?.token) this.store.remove('session');
    this.#beginAnew();
  }

  #beginAnew() {
    this.on('renewed');
    this.messages = [];
    this.state = null;
    this.session = null;
    this.heard = 0;
    this.loaded = false;
    this.outbox.dropPayloads();
    this.on('state', { first: true });
    this.on('change');
  }

  #otherTab({ key, newValue }) {
    const { prefix } = this.store;
    if (key !== null && !key.startsWith(prefix)) return;
    if (key === `${prefix}session` && newValue) {
      const token = this.store.get('session')?.token;
      if (this.session && token !== this.session.token) {
        this.#beginAnew();
        this.socket?.close();
      }
      this.connect();
      this.wake();
    }
    this.outbox.read();
    if (this.outbox.items.length && this.online) this.outbox.drain();
    this.on('change');
  }

  // ---- incoming

  #event(event, data) {
    if (event === 'message') this.#receive(data);
    else if (event === 'typing') this.on('typing', data);
    else if (event === 'state') this.#setState(data);
  }

  #setState(state) {
    if (!state) return;
    const first = !this.state;
    this.state = state;
    this.on('state', { first });
  }

  /** A single message: the next one is taken, a known one is dropped, one too early shows that some are missing. */
  #receive(message) {
    this.heard = Math.max(this.heard, message.seq);
    if (!this.loaded) return; // history is on its way, and brings this one or leaves a gap
    if (message.seq === this.last + 1) this.#take([message], false);
    else if (message.seq > this.last) this.#sync().catch(() => {}); // a failed one is repeated on reconnecting
  }

  /** Fetch what is missing, until nothing is. */
  #sync() {
    this.syncing ??= this.#fetchMissing().finally(() => (this.syncing = null));
    return this.syncing;
  }

  async #fetchMissing() {
    const { session } = this;
    for (let more = true; more; ) {
      const after = this.last;
      const answer = this.socket
        ? await this.socket.emit('sync', { after })
        : await request(`${this.server}/messages?after=${after}`, session.token);
      if (answer.error) throw new Trouble(answer.error.message, answer.error.status);
      if (this.session !== session) return;
      const history = !this.loaded;
      this.loaded = true;
      // what the server lists is all there is: numbers missing from it are not waited for
      this.#take(answer.messages, history);
      this.#setState(answer.state);
      more = this.last > after && this.heard > this.last;
    }
    this.heard = this.last;
  }

  #take(messages, history) {
    const fresh = messages.filter(({ seq }) => seq > this.last).sort((a, b) => a.seq - b.seq);
    for (const message of fresh) {
      if (message.seq <= this.last) continue;
      this.messages.push(message);
      if (message.client_message_id) this.outbox.forget(message.client_message_id);
    }
    this.on('change');
    for (const message of fresh) this.on('message', { message, history });
  }

  // ---- outgoing

  /** Bring one message to the server; for the outbox. Rejects with Trouble. */
  async post(body) {
    const { session, socket } = this;
    if (!socket) {
      const answer = await request(`${this.server}/messages`, session.token, body);
      this.#setState(answer.state);
      return this.#sync(); // the answer lacks the visitor's own message; the list has it in its place
    }
    const answer = await socket.emit('message', body);
    if (!answer.ok) throw new Trouble(answer.error?.message, answer.error?.status ?? 500);
    if (this.session !== session) return undefined;
    const { message } = answer;
    const known = this.messages.find(({ seq }) => seq === message.seq);
    if (known && known.id !== message.id) {
      // the server counts from elsewhere than we do (it was restored from a backup): read everything again
      this.messages = [];
      this.heard = message.seq;
      this.loaded = true;
      await this.#sync();
    } else {
      this.#receive(message);
      await this.syncing;
    }
    this.#setState(answer.state);
    return undefined;
  }
}
