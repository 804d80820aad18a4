/**
 * <handoff-chat>: the visitor's chat window. One ES module without dependencies.
 *
 *   <script type="module" src="https://shop.example/webhooks/web/widget.js"></script>
 *   <handoff-chat name="Fernway"></handoff-chat>
 *
 * or one tag alone, which adds the element by itself (its data-* attributes become the element's attributes):
 *
 *   <script type="module" src="https://shop.example/webhooks/web/widget.js" data-auto data-name="Fernway"></script>
 *
 * Attributes: server (address of the channel; default: where this module came from), name (company), theme (light | dark),
 * lang, greeting, starters (first questions, separated by "|"), side (start | end), open, texts (JSON).
 * Property `texts` replaces any text below. Custom properties --handoff-* (see STYLE) change colours, sizes and fonts.
 * Methods: show(), hide(), toggle(), send(text). Events: handoff-open, handoff-close, handoff-message, handoff-state.
 *
 * Everything that anybody typed is put on the page as text nodes, never as HTML. No inline script or style is used, so
 * the widget runs under `script-src 'self'; style-src 'self'`.
 */

// ---------------------------------------------------------------------------------------------------------- texts

/** Every text of the widget, by language. `{x}` is filled in. */
export const TEXTS = {
  en: {
    open: 'Open chat',
    openUnreadOne: 'Open chat, 1 new message',
    openUnreadMany: 'Open chat, {count} new messages',
    close: 'Close chat',
    titleAssistant: '{name} assistant',
    titleAssistantUnnamed: 'Assistant',
    helpAssistant: 'Automated answers. Ask for a person at any time.',
    titleQueued: 'Waiting for a teammate',
    helpQueued: 'They will see everything you wrote here. Feel free to add more.',
    titleAgent: '{agent} from {team}',
    helpAgent: 'A person, who sees this whole conversation.',
    teamSales: 'sales',
    teamSupport: 'support',
    teamBilling: 'billing',
    teamTechnical: 'technical support',
    teamGeneral: 'the team',
    greeting: 'Hello! Ask me anything. If your question needs a person, one joins you right here and you never have to explain it twice.',
    starters: '',
    startersLabel: 'Suggested questions',
    choicesLabel: 'Suggested replies',
    conversation: 'Conversation',
    you: 'You',
    teammate: 'Teammate',
    input: 'Your message',
    placeholder: 'Write a message',
    send: 'Send message',
    charactersLeft: '{count} characters left',
    tooLong: 'A message can have {limit} characters; this one has {count} too many. Send it in two parts.',
    sending: 'Sending',
    sent: 'Sent',
    retrying: 'Not delivered yet, trying again',
    failed: 'Not sent: {reason}',
    edit: 'Edit and send again',
    discard: 'Remove',
    typing: '{who} is typing',
    newMessages: 'New messages',
    newWhileClosed: 'New chat message from {who}',
    today: 'Today',
    yesterday: 'Yesterday',
    offline: 'No connection at the moment. What you write is kept and goes out as soon as it is back.',
    online: 'Connected again.',
    newConversation: 'Your earlier conversation has expired, so this is a new one. The assistant starts fresh from here.',
    newTab: 'opens in a new tab',
  },
};

// -------------------------------------------------------------------------------------------------------- numbers

const TEXT_LIMIT = 4000; // characters; what the server accepts
const HINT_FROM = 3500; // characters; from here on the room that is left is shown
const OPEN_MS = 6000; // opening a socket takes one or two round trips; a network that swallows it must not stall the chat
const ACK_MS = 30000; // a slow answer is still an answer; after this the message is sent again with the same id
const REQUEST_MS = 15000;
const FIRST_DELAY_MS = 500; // first pause before trying again; doubled each time
const LONGEST_DELAY_MS = 20000;
const POLL_MS = 3000; // while there is no socket
const POLL_HIDDEN_MS = 15000;
const SOCKET_RETRY_MS = 60000; // how long polling is used before a socket is tried again
const OFFLINE_NOTE_MS = 2500; // a shorter interruption is not worth a word
const TYPING_MS = 20000; // an indicator whose end got lost goes away by itself
const GROUP_MS = 5 * 60000; // messages of one sender within this time share one name and time
const NEAR_END = 80; // pixels; closer to the end than this, the list follows new messages
const ANNOUNCED_MS = 5000; // by then a screen reader has taken it up; left longer, it would be read a second time at the end

// -------------------------------------------------------------------------------------------------- small helpers

/** A failed exchange. `status` is the HTTP status, 0 when nothing came back. */
class Trouble extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }

  /** Trying the same thing again cannot help. */
  get final() {
    return [400, 403, 413, 422].includes(this.status);
  }
}

function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // randomUUID exists on https only; a shop tried out on a plain http address in the office works all the same
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Pause before attempt number `tries`, in ms: doubling, and spread so that a thousand widgets do not return at once. */
function backoff(tries) {
  const most = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1));
  return most / 2 + (Math.random() * most) / 2;
}

/** Run `work` in one tab at a time (where the browser can do that). */
function exclusive(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}

/** localStorage with a prefix; in memory where the browser refuses it (private windows, blocked cookies, full). */
class Store {
  constructor(prefix) {
    this.prefix = prefix;
    this.memory = new Map();
    try {
      this.area = window.localStorage;
      this.area.getItem(prefix);
    } catch {
      this.area = null;
    }
  }

  get(key) {
    const text = this.memory.get(key) ?? this.area?.getItem(this.prefix + key) ?? null;
    try {
      return text === null ? null : JSON.parse(text);
    } catch {
      return null; // not written by this widget: as good as absent
    }
  }

  set(key, value) {
    const text = JSON.stringify(value);
    try {
      if (!this.area) throw new Error('no storage');
      this.area.setItem(this.prefix + key, text);
      this.memory.delete(key);
    } catch {
      this.memory.set(key, text);
    }
  }

  remove(key) {
    this.memory.delete(key);
    this.area?.removeItem(this.prefix + key);
  }

  keys(start) {
    const stored = this.area ? Object.keys(this.area) : [];
    const own = stored.filter((key) => key.startsWith(this.prefix)).map((key) => key.slice(this.prefix.length));
    return [...new Set([...own, ...this.memory.keys()])].filter((key) => key.startsWith(start)).sort();
  }
}

// ------------------------------------------------------------------------------------------------------ transport

/** One JSON request to the channel. Rejects with Trouble. */
async function request(address, token, body) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), body?.client_message_id ? ACK_MS : REQUEST_MS);
  try {
    const response = await fetch(address, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
      credentials: 'omit',
      cache: 'no-store',
      signal: abort.signal,
    });
    const answer = await response.json();
    if (!response.ok) throw new Trouble(answer?.error?.message ?? '', response.status);
    return answer;
  } catch (error) {
    // no network, no JSON (a proxy's error page), too slow: all the same to the visitor, and worth another try
    throw error instanceof Trouble ? error : new Trouble(String(error));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A Socket.IO v5 connection over one WebSocket (Engine.IO v4), as far as this widget needs it.
 *
 * Resolves when the server accepted the token, to {emit(event, data) -> promise of the ack, close(), closed}; `closed`
 * is a promise that never rejects. Rejects with Trouble; status 401 when the server refused the token.
 */
function openSocket(address, token, onEvent) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address);
    const waiting = new Map();
    let silence = OPEN_MS; // ms without a sign of life after which the connection counts as dead
    let watchdog;
    let acks = 0;
    let ended = false;
    let tell;
    const closed = new Promise((done) => (tell = done));

    const end = (trouble) => {
      ended = true;
      clearTimeout(watchdog);
      socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close();
      for (const { fail } of waiting.values()) fail(trouble);
      waiting.clear();
      reject(trouble);
      tell();
    };
    const alive = () => {
      clearTimeout(watchdog);
      if (!ended) watchdog = setTimeout(() => end(new Trouble('no heartbeat')), silence);
    };
    const emit = (event, data) =>
      new Promise((done, fail) => {
        if (socket.readyState !== WebSocket.OPEN) return fail(new Trouble('not connected'));
        const id = acks++;
        const timer = setTimeout(() => {
          waiting.delete(id);
          fail(new Trouble('no answer'));
        }, ACK_MS);
        const settle = (how) => (value) => {
          clearTimeout(timer);
          how(value);
        };
        waiting.set(id, { done: settle(done), fail: settle(fail) });
        socket.send(`42${id}${JSON.stringify([event, data])}`);
      });
    // Socket.IO packet: type, ack id if any, JSON
    const packet = (text) => {
      const [, type, id, json] = /^(\d)(\d*)(.*)$/s.exec(text);
      if (type === '0') resolve({ emit, closed, close: () => end(new Trouble('closed')) });
      else if (type === '2') onEvent(...JSON.parse(json));
      else if (type === '3') {
        waiting.get(Number(id))?.done(JSON.parse(json)[0]);
        waiting.delete(Number(id));
      } else if (type === '4') end(new Trouble(JSON.parse(json)?.message ?? '', 401));
      else end(new Trouble('disconnected'));
    };

    alive();
    socket.onclose = socket.onerror = () => end(new Trouble('closed'));
    socket.onmessage = ({ data }) => {
      try {
        // Engine.IO packet: 0 open, 1 close, 2 ping, 4 message
        if (data[0] === '0') {
          const { pingInterval, pingTimeout } = JSON.parse(data.slice(1));
          silence = pingInterval + pingTimeout;
          socket.send(`40${JSON.stringify({ token })}`);
        } else if (data[0] === '1') end(new Trouble('closed'));
        else if (data[0] === '2') socket.send('3');
        else if (data[0] === '4') packet(data.slice(1));
        alive();
      } catch (error) {
        end(new Trouble(String(error)));
      }
    };
  });
}

// --------------------------------------------------------------------------------------------------- conversation

/**
 * One visitor's conversation: session, connection, messages in order, and what is still to be sent.
 *
 * `messages` holds what the server confirmed, ascending and without gaps by `seq`; `outbox` what it did not yet, oldest
 * first. An outgoing message stays in storage, under a key of its own (tabs never overwrite each other), until the
 * server shows it back; it is always sent with the same client_message_id, so sending twice has the effect of once.
 *
 * `on(kind, detail)` is told of: change; message {message, history}; state; typing {from, on}; renewed.
 */
class Conversation {
  constructor(server, on) {
    this.server = server;
    this.on = on;
    this.store = new Store(`handoff-chat:${server}:`);
    this.messages = [];
    this.outbox = [];
    this.state = null;
    this.online = null; // null: not tried yet
    this.notice = ''; // the server's own words about a message that it could not take yet
    this.session = null;
    this.socket = null;
    this.run = 0; // number of the connection loop that is in charge; 0: none
    this.runs = 0;
    this.wake = () => {};
    this.tries = new Map(); // client_message_id -> how often it was sent
    this.counter = 0;
    this.heard = 0; // highest seq that was mentioned
    this.loaded = false; // history is there
    this.draining = false;
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

  /** Take up a conversation of an earlier page, if there is one. Nothing goes over the network otherwise. */
  start() {
    this.listen = new AbortController();
    const { signal } = this.listen;
    const wake = () => this.wake();
    window.addEventListener('online', wake, { signal });
    document.addEventListener('visibilitychange', () => document.hidden || wake(), { signal });
    window.addEventListener('storage', (event) => this.#otherTab(event), { signal });
    this.#readOutbox();
    if (this.store.get('session') || this.outbox.length) this.connect();
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
    const at = Date.now();
    const order = `${String(at).padStart(14, '0')}-${String(this.counter++).padStart(6, '0')}`;
    const id = uuid();
    const page = { url: location.href, title: document.title, referrer: document.referrer };
    this.store.set(`out:${order}:${id}`, { id, text, payload, page, at });
    this.#readOutbox();
    this.on('change');
    this.connect();
    if (this.online) this.#drain();
    else this.wake();
  }

  /** Take a message that the server will not accept out of the outbox. */
  discard(id) {
    this.#forget(id);
    this.on('change');
  }

  isRetried(item) {
    return this.online === false || (this.tries.get(item.id) ?? 0) > 1;
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
        this.#drain();
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
      if (!this.session && !this.outbox.length) return void (this.run = 0); // the next message begins a new one
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
        this.#drain();
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
    if (online) this.notice = '';
    this.on('change');
  }

  async #ensureSession() {
    if (this.session) return;
    await exclusive(`${this.store.prefix}session`, async () => {
      let session = this.store.get('session');
      if (!session) {
        const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
        session = await request(`${this.server}/sessions`, null, { locale: navigator.language, timezone: timeZone });
        this.store.remove('read');
        this.store.set('session', session);
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
    for (const key of this.store.keys('out:')) {
      // a button belongs to the conversation that offered it; its words can still be said
      const item = this.store.get(key);
      if (item?.payload) this.store.set(key, { ...item, payload: undefined });
    }
    this.#readOutbox();
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
    this.#readOutbox();
    if (this.outbox.length && this.online) this.#drain();
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
    if (!this.loaded) {
      this.heard = Math.max(this.heard, message.seq); // history is on its way, and brings this one or leaves a gap
      return;
    }
    this.heard = Math.max(this.heard, message.seq);
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
      if (message.client_message_id) this.#forget(message.client_message_id);
    }
    this.on('change');
    for (const message of fresh) this.on('message', { message, history });
  }

  // ---- outgoing

  #readOutbox() {
    const items = this.store.keys('out:').map((key) => this.store.get(key));
    this.outbox = items.filter((item) => item && !this.messages.some((said) => said.client_message_id === item.id));
  }

  #keyOf(id) {
    return this.store.keys('out:').find((key) => key.endsWith(id));
  }

  #forget(id) {
    const key = this.#keyOf(id);
    if (key) this.store.remove(key);
    this.tries.delete(id);
    this.#readOutbox();
  }

  /** Send what waits, in order, one at a time, from one tab at a time. */
  async #drain() {
    this.again = true;
    if (this.draining) return;
    this.draining = true;
    while (this.again) {
      this.again = false;
      await exclusive(`${this.store.prefix}send`, async () => {
        for (;;) {
          this.#readOutbox();
          const item = this.outbox.find(({ failed }) => !failed);
          if (!item || !this.online || !(await this.#deliver(item))) return;
        }
      });
    }
    this.draining = false;
  }

  /** Whether `item` is settled: stored by the server, or refused for good. */
  async #deliver(item) {
    const { id, text, payload, page } = item;
    const tries = (this.tries.get(id) ?? 0) + 1;
    this.tries.set(id, tries);
    if (tries > 1) this.on('change');
    const body = { ...(payload ? { payload } : { text }), client_message_id: id, page };
    try {
      await this.#post(body);
      this.notice = '';
      this.#forget(id);
      this.on('change');
      return true;
    } catch (trouble) {
      if (trouble.final) {
        const key = this.#keyOf(id);
        if (key) this.store.set(key, { ...item, failed: trouble.message || String(trouble.status) });
        this.#readOutbox();
      } else {
        this.tries.set(id, Math.max(tries, 2)); // shown as not delivered from now on
        if (trouble.status >= 500) this.notice = trouble.message;
        if (trouble.status === 401) this.socket ? this.socket.close() : this.wake();
        else setTimeout(() => this.online && this.#drain(), backoff(tries));
      }
      this.on('change');
      return Boolean(trouble.final);
    }
  }

  async #post(body) {
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

// ---------------------------------------------------------------------------------------------------------- style

const DARK = `
  --bg: var(--handoff-background, #17191c); --soft: var(--handoff-surface, #272b30); --ink: var(--handoff-text, #f0f2f4);
  --quiet: var(--handoff-muted, #a9b2bb); --line: var(--handoff-border, #3a4047); --warn: var(--handoff-warning, #f3b98a);
  --tint: var(--handoff-accent-on-background, color-mix(in srgb, var(--accent) 45%, #fff)); color-scheme: dark;`;

const STYLE = `
:host {
  all: initial;
  --accent: var(--handoff-accent, #1d5b52); --on: var(--handoff-accent-text, #fff);
  --bg: var(--handoff-background, #fff); --soft: var(--handoff-surface, #f0f2f3); --ink: var(--handoff-text, #1b1f23);
  --quiet: var(--handoff-muted, #5b656e); --line: var(--handoff-border, #dfe3e6); --warn: var(--handoff-warning, #8f3d06);
  --round: var(--handoff-radius, 18px); --tint: var(--handoff-accent-on-background, var(--accent)); color-scheme: light;
  font: 15px/1.45 var(--handoff-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif); color: var(--ink);
}
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) {${DARK}} }
:host([theme="dark"]) {${DARK}}
:host([hidden]), [hidden] { display: none !important; }
*, *::before { box-sizing: border-box; }
button { font: inherit; color: inherit; border: 0; background: none; padding: 0; margin: 0; cursor: pointer; -webkit-tap-highlight-color: transparent; }
button:disabled { cursor: default; }
:focus-visible { outline: 2px solid var(--tint); outline-offset: 2px; }
svg { inline-size: 24px; block-size: 24px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; flex: none; }
.sr { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher, .panel { position: fixed; z-index: var(--handoff-z-index, 2147483000); inset-inline-end: var(--handoff-offset-inline, 20px); }
:host([side="start"]) :is(.launcher, .panel) { inset-inline: var(--handoff-offset-inline, 20px) auto; }
.launcher {
  inset-block-end: var(--handoff-offset-block, 20px); inline-size: 58px; block-size: 58px; border-radius: 50%; display: grid; place-items: center;
  background: var(--accent); color: var(--on); box-shadow: 0 2px 6px #0003, 0 8px 24px #0003; transition: transform .16s ease;
}
.launcher:hover { transform: scale(1.05); }
.launcher:focus-visible { outline-offset: 3px; }
.launcher svg { inline-size: 27px; block-size: 27px; }
.badge {
  position: absolute; inset-block-start: -3px; inset-inline-end: -3px; min-inline-size: 22px; padding-inline: 6px; border-radius: 11px;
  font-size: 13px; font-weight: 700; line-height: 22px; text-align: center; background: #c4241a; color: #fff; box-shadow: 0 0 0 2px var(--bg);
}

.panel {
  inset-block-end: calc(var(--handoff-offset-block, 20px) + 72px); display: flex; flex-direction: column; overflow: hidden;
  inline-size: var(--handoff-width, 390px); block-size: min(var(--handoff-height, 640px), 100dvh - var(--handoff-offset-block, 20px) - 92px);
  background: var(--bg); border-radius: var(--round); box-shadow: 0 0 0 1px var(--line), 0 4px 12px #0000001f, 0 16px 48px #0003;
}
.panel:focus { outline: none; }
.panel.opening { animation: rise .18s ease-out; }
@keyframes rise { from { opacity: 0; transform: translateY(12px); } }
header { display: flex; align-items: center; gap: 12px; padding: 14px 12px 14px 16px; border-block-end: 1px solid var(--line); }
.who { flex: 1; min-inline-size: 0; }
h2, p { margin: 0; }
h2 { font-size: 16px; line-height: 1.3; font-weight: 650; overflow-wrap: anywhere; }
.help { font-size: 13px; line-height: 1.35; color: var(--quiet); margin-block-start: 1px; }
.icon { inline-size: 40px; block-size: 40px; border-radius: 12px; display: grid; place-items: center; color: var(--quiet); flex: none; }
.icon:hover { background: var(--soft); color: var(--ink); }
.avatar {
  inline-size: 28px; block-size: 28px; border-radius: 50%; display: grid; place-items: center; flex: none; font-size: 13px; font-weight: 650;
  background: var(--accent); color: var(--on);
}
.avatar svg { inline-size: 17px; block-size: 17px; }
.avatar.agent { background: var(--handoff-agent, #f2c66d); color: var(--handoff-agent-text, #3a2a05); }
header .avatar { inline-size: 42px; block-size: 42px; font-size: 18px; }
header .avatar svg { inline-size: 23px; block-size: 23px; }
.avatar.queued svg { animation: wait 2.4s ease-in-out infinite; }
@keyframes wait { 50% { opacity: .45; } }

.scroll { flex: 1; min-block-size: 0; overflow-y: auto; overscroll-behavior: contain; padding: 16px 14px 8px; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.scroll:focus-visible { outline-offset: -3px; }
ol { list-style: none; margin: 0; padding: 0; display: flex; flex-direction: column; }
li { display: grid; grid-template-columns: 28px 1fr; column-gap: 8px; margin-block-start: 14px; }
li:first-child { margin-block-start: 0; }
li.joined { margin-block-start: 3px; }
li.fresh { animation: rise .18s ease-out; }
li > * { grid-column: 2; justify-self: start; min-inline-size: 0; }
li > .avatar { grid-column: 1; grid-row: 2; align-self: end; }
li.follows > .avatar { visibility: hidden; }
.author { font-size: 12.5px; color: var(--quiet); margin-block-end: 3px; padding-inline-start: 2px; grid-row: 1; }
.bubble {
  grid-row: 2; max-inline-size: 100%; padding: 9px 13px; border-radius: 16px; background: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; text-align: start;
  border: 1px solid transparent;
}
li.assistant .bubble, li.agent .bubble, li.typing .bubble { border-end-start-radius: 5px; margin-inline-end: 24px; }
li.agent .bubble { background: var(--handoff-agent-surface, color-mix(in srgb, var(--handoff-agent, #f2c66d) 22%, var(--bg))); }
li.visitor { display: flex; flex-direction: column; align-items: flex-end; }
li.visitor .bubble { background: var(--accent); color: var(--on); border-end-end-radius: 5px; max-inline-size: 84%; }
li.visitor.failed .bubble { background: var(--bg); color: var(--ink); border-color: var(--warn); }
li.system, li.day, li.note { display: block; text-align: center; }
li.system .bubble, li.note .bubble { display: inline-block; background: none; color: var(--quiet); font-size: 13.5px; padding: 2px 16px; text-align: center; }
li.day { font-size: 12.5px; color: var(--quiet); }
.bubble a { color: inherit; text-underline-offset: 2px; }
.meta { font-size: 12px; color: var(--quiet); margin-block-start: 3px; padding-inline: 2px; grid-row: 4; }
.meta.bad { color: var(--warn); }
.meta button { text-decoration: underline; text-underline-offset: 2px; margin-inline-start: 8px; min-block-size: 24px; color: var(--tint); }
.choices { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 8px; grid-row: 3; }
.choices button {
  border: 1.5px solid var(--tint); border-radius: 18px; padding: 6px 13px; min-block-size: 36px; color: var(--tint); font-weight: 550; text-align: start; overflow-wrap: anywhere;
}
.choices button:not(:disabled):hover { background: var(--tint); color: var(--bg); }
.choices button:disabled { border: 1px solid var(--line); color: var(--quiet); font-weight: 400; }
.dots { display: flex; gap: 4px; padding-block: 15px; }
.dots i { inline-size: 7px; block-size: 7px; border-radius: 50%; background: var(--quiet); animation: dot 1.2s ease-in-out infinite; }
.dots i:nth-child(2) { animation-delay: .15s; } .dots i:nth-child(3) { animation-delay: .3s; }
@keyframes dot { 0%, 60%, 100% { opacity: .35; } 30% { opacity: 1; transform: translateY(-3px); } }

.foot { position: relative; }
.jump {
  position: absolute; inset-block-end: calc(100% + 10px); inset-inline: 0; margin-inline: auto; inline-size: fit-content; display: flex; align-items: center; gap: 6px; padding: 6px 14px; min-block-size: 36px;
  border-radius: 18px; background: var(--bg); color: var(--tint); font-weight: 600; font-size: 14px; box-shadow: 0 0 0 1px var(--line), 0 3px 12px #0003;
}
.jump svg { inline-size: 16px; block-size: 16px; }
.banner { font-size: 13px; color: var(--warn); padding: 8px 16px; border-block-start: 1px solid var(--line); }
.banner:empty { display: none; }
form { display: flex; align-items: flex-end; gap: 6px; margin: 6px 12px 12px; padding: 4px; border: 1.5px solid var(--handoff-control, #858f98); border-radius: 24px; background: var(--bg); }
form:focus-within { border-color: var(--tint); box-shadow: 0 0 0 1px var(--tint); }
textarea {
  flex: 1; min-inline-size: 0; font: inherit; font-size: 16px; line-height: 22px; color: inherit; background: none; border: 0; outline: 0; resize: none; margin: 0;
  padding-block: 8px; padding-inline: 12px 4px; block-size: 38px; max-block-size: 154px; overflow-y: auto; scrollbar-width: thin;
}
textarea:focus-visible { outline: none; } /* the frame around it shows the focus */
textarea::placeholder { color: var(--quiet); opacity: 1; }
.send { inline-size: 38px; block-size: 38px; border-radius: 50%; display: grid; place-items: center; background: var(--accent); color: var(--on); flex: none; }
.send:disabled { background: var(--soft); color: var(--quiet); }
.send svg { inline-size: 20px; block-size: 20px; }
.hint { font-size: 12.5px; color: var(--quiet); padding: 0 18px; }
.hint.bad { color: var(--warn); }
:host(:dir(rtl)) .send svg, :host(:dir(rtl)) .launcher svg { transform: scaleX(-1); }

@media (max-width: 480px) {
  .panel, :host([side="start"]) .panel { inset: 0; inline-size: auto; block-size: var(--room, 100dvh); inset-block-end: auto; border-radius: 0; }
  .panel:not([hidden]) ~ .launcher { display: none; }
  header { padding-block-start: max(12px, env(safe-area-inset-top)); }
  form { margin-block-end: max(10px, env(safe-area-inset-bottom)); }
  .icon { inline-size: 44px; block-size: 44px; }
}
@media (prefers-reduced-motion: reduce) { *, *::before { animation: none !important; transition: none !important; } }
@media (forced-colors: active) { .bubble, .launcher, .panel, .avatar, .send { border: 1px solid CanvasText; } }
@media print { :host { display: none; } }
`;

// ------------------------------------------------------------------------------------------------------- elements

const ICONS = {
  chat: ['M20.5 11.6c0 4.2-3.8 7.6-8.5 7.6-1.1 0-2.1-.2-3.1-.5L4.2 20l1.2-3.8a7 7 0 0 1-1.9-4.6C3.5 7.4 7.3 4 12 4s8.5 3.4 8.5 7.6Z', 'M8.4 11.7h.01M12 11.7h.01M15.6 11.7h.01'],
  down: ['m6 9.5 6 6 6-6'],
  close: ['m6.5 6.5 11 11M17.5 6.5l-11 11'],
  send: ['m5 12-1-7.5L21 12 4 19.5 5 12Zm0 0h7'],
  assistant: ['M11 4c.6 5 2.8 7.2 8 8-5.2.8-7.4 3-8 8-.6-5-2.8-7.2-8-8 5.2-.8 7.4-3 8-8Z', 'M19 3.5v4M17 5.5h4'],
  queued: ['M9 11a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 9 11Z', 'M3 19c.4-3.2 2.8-5 6-5s5.6 1.8 6 5', 'M15.5 5a3.2 3.2 0 0 1 0 5.8M17.5 14.3c2 .7 3.2 2.4 3.5 4.7'],
};

/** An element with attributes (`on...`: listeners) and children; text becomes text nodes. */
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  for (const d of ICONS[name]) {
    const path = document.createElementNS(space, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

/** `text` with its https addresses as links; every other kind of address stays plain text. */
function withLinks(text, newTab) {
  const nodes = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(/https:\/\/[^\s<>"'`]+/gi)) {
    // a full stop after an address ends the sentence; a closing bracket belongs to it only if it was opened in it
    let address = found.replace(/[.,;:!?\u2019\u201d\u00bb*_]+$/, '');
    while (/[)\]]$/.test(address) && !/[([]/.test(address)) address = address.slice(0, -1).replace(/[.,;:!?]+$/, '');
    if (!URL.canParse?.(address) || new URL(address).protocol !== 'https:') continue;
    nodes.push(text.slice(from, index));
    const link = h('a', { href: address, target: '_blank', rel: 'noopener noreferrer nofollow' }, address);
    link.append(h('span', { class: 'sr' }, ` (${newTab})`));
    nodes.push(link);
    from = index + address.length;
  }
  nodes.push(text.slice(from));
  return nodes.filter((node) => node !== '');
}

const firstName = (name) => name.trim().split(/\s+/)[0];
const countOf = (text) => [...text].length; // as the server counts: characters, not UTF-16 halves

let sheet;

// -------------------------------------------------------------------------------------------------------- element

export class HandoffChat extends HTMLElement {
  static observedAttributes = ['name', 'lang', 'greeting', 'starters', 'texts', 'open'];

  #texts = {};
  #merged = null; // with those of the language; made when first needed
  #chat = null;
  #views = new Map(); // key of a message -> {node, update}
  #archive = []; // nodes of a conversation that has expired
  #typing = {}; // sender -> timer
  #behind = false; // new messages are below what is visible
  #following = true; // the end of the list is in sight, and stays so

  constructor() {
    super();
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
    }
    this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [sheet];
    this.#build();
  }

  connectedCallback() {
    // a page of before the module was loaded may have set the property already
    if (Object.hasOwn(this, 'texts')) {
      const { texts } = this;
      delete this.texts;
      this.texts = texts;
    }
    const server = new URL(this.getAttribute('server') || new URL('.', import.meta.url).href, document.baseURI);
    this.#chat = new Conversation(server.href.replace(/\/+$/, ''), (kind, detail) => this.#on(kind, detail));
    this.#leave = new AbortController();
    const { signal } = this.#leave;
    // a page kept in the browser's back/forward cache must not keep a socket
    window.addEventListener('pagehide', () => this.#chat.stop(), { signal });
    window.addEventListener('pageshow', (event) => event.persisted && this.#chat.start(), { signal });
    document.addEventListener('visibilitychange', () => this.#markRead(), { signal });
    window.visualViewport?.addEventListener('resize', () => this.#fit(), { signal });
    this.#input.value = this.#remembered('draft') ?? '';
    this.#chat.start();
    this.#label();
    this.#grow();
    this.#render();
    if (this.hasAttribute('open') || this.#remembered('open')) this.#setOpen(true, false);
  }

  disconnectedCallback() {
    this.#leave?.abort();
    this.#chat?.stop();
  }

  attributeChangedCallback(name, before, after) {
    if (name === 'open') {
      if (this.#chat && (after !== null) !== this.isOpen) this.#setOpen(after !== null);
      return;
    }
    if (name === 'texts' && after) {
      try {
        this.#texts = { ...this.#texts, ...JSON.parse(after) };
      } catch (error) {
        console.error('handoff-chat: the attribute "texts" is not JSON:', error.message);
      }
    }
    if (this.#chat) this.#relabel();
  }

  /** Texts that replace those of TEXTS, by key. */
  get texts() {
    this.#merged ??= { ...TEXTS.en, ...TEXTS[this.#language.split('-')[0]], ...this.#texts };
    return this.#merged;
  }

  set texts(texts) {
    this.#texts = { ...this.#texts, ...texts };
    if (this.#chat) this.#relabel();
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  /** Open the chat and move the focus into it. */
  show() {
    if (!this.isOpen) this.#setOpen(true);
  }

  /** Close it and give the focus back to the button that opens it. */
  hide() {
    if (this.isOpen) this.#setOpen(false);
  }

  toggle() {
    this.#setOpen(!this.isOpen);
  }

  /** Send `text` as the visitor, as a link on the page ("Ask about this desk") may want to. */
  send(text) {
    const trimmed = String(text).trim();
    if (trimmed && countOf(trimmed) <= TEXT_LIMIT) this.#chat.send(trimmed);
  }

  // ---- building blocks

  #leave;
  #panel;
  #launcher;
  #badge;
  #title;
  #help;
  #face;
  #close;
  #scroll;
  #list;
  #jump;
  #banner;
  #input;
  #sendButton;
  #hint;
  #live;
  #clock; // writes times

  #build() {
    this.#title = h('h2', { id: 'title' });
    this.#help = h('p', { class: 'help', id: 'help' });
    this.#face = h('span', { class: 'avatar', 'aria-hidden': 'true' });
    this.#close = h('button', { type: 'button', class: 'icon', onclick: () => this.hide() }, icon('close'));
    this.#list = h('ol');
    this.#scroll = h('div', { class: 'scroll', role: 'region', tabindex: '0', onscroll: () => this.#scrolled() }, this.#list);
    this.#jump = h('button', { type: 'button', class: 'jump', hidden: true, onclick: () => this.#toEnd() });
    this.#banner = h('p', { class: 'banner', role: 'status' });
    this.#input = h('textarea', {
      rows: '1',
      dir: 'auto',
      enterkeyhint: 'send',
      'aria-describedby': 'hint',
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#key(event),
    });
    this.#sendButton = h('button', { class: 'send', type: 'submit' }, icon('send'));
    this.#hint = h('p', { class: 'hint', id: 'hint', 'aria-live': 'polite' });
    const submit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    this.#panel = h(
      'section',
      { class: 'panel', id: 'panel', role: 'dialog', 'aria-labelledby': 'title', 'aria-describedby': 'help', tabindex: '-1', hidden: true },
      h('header', {}, this.#face, h('div', { class: 'who' }, this.#title, this.#help), this.#close),
      this.#scroll,
      h('div', { class: 'foot' }, this.#jump, this.#banner, this.#hint, h('form', { onsubmit: submit }, this.#input, this.#sendButton)),
    );
    this.shadowRoot.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.isComposing || !this.isOpen) return;
      event.stopPropagation();
      this.hide();
    });
    this.#badge = h('span', { class: 'badge', 'aria-hidden': 'true', hidden: true });
    this.#launcher = h('button', { class: 'launcher', type: 'button', 'aria-controls': 'panel', onclick: () => this.toggle() }, icon('chat'), this.#badge);
    this.#launcher.setAttribute('aria-expanded', 'false');
    this.#live = h('div', { class: 'sr', role: 'log', 'aria-live': 'polite' });
    this.shadowRoot.append(this.#panel, this.#launcher, this.#live);
    // a growing field, a note or a phone's keyboard take room away: the last message stays in sight
    new ResizeObserver(() => this.#following && this.#toEnd()).observe(this.#scroll);
  }

  // ---- texts

  get #language() {
    return this.getAttribute('lang') || document.documentElement.lang || navigator.language || 'en';
  }

  /** For times and dates: the visitor's own variety of the language, since a page in "en" does not say 9 PM or 21:00. */
  get #locale() {
    const language = this.#language.split('-')[0];
    return navigator.languages.find((one) => one.split('-')[0] === language) ?? this.#language;
  }

  #t(key, values = {}) {
    return (this.texts[key] ?? '').replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  #assistantName() {
    const name = this.getAttribute('name');
    return name ? this.#t('titleAssistant', { name }) : this.#t('titleAssistantUnnamed');
  }

  /** The texts that do not depend on messages. */
  #label() {
    this.#merged = null;
    this.#clock = new Intl.DateTimeFormat(this.#locale, { hour: 'numeric', minute: '2-digit' });
    const t = (key) => this.#t(key);
    this.#close.setAttribute('aria-label', t('close'));
    this.#scroll.setAttribute('aria-label', t('conversation'));
    this.#input.setAttribute('aria-label', t('input'));
    this.#input.placeholder = t('placeholder');
    this.#sendButton.setAttribute('aria-label', t('send'));
    this.#jump.replaceChildren(t('newMessages'), icon('down'));
    this.#showState();
    this.#showUnread();
  }

  #relabel() {
    this.#views.clear();
    this.#list.replaceChildren();
    this.#label();
    this.#render();
  }

  /** "Sanne from support": the agent's first name, and the team by the topic of the handoff. */
  #agentTitle({ agent, topic }) {
    const key = `team${(topic || 'general').replace(/^./, (letter) => letter.toUpperCase())}`;
    return this.#t('titleAgent', { agent: firstName(agent.name), team: this.#t(key) || this.getAttribute('name') || this.#t('teamGeneral') });
  }

  #showState() {
    const state = this.#chat?.state;
    const agent = state?.owner === 'human' && state.status === 'assigned' && state.agent?.name ? state.agent : null;
    const kind = agent ? 'Agent' : state?.owner === 'human' ? 'Queued' : 'Assistant';
    const title = agent ? this.#agentTitle(state) : kind === 'Queued' ? this.#t('titleQueued') : this.#assistantName();
    const changed = this.#title.textContent && this.#title.textContent !== title;
    this.#title.textContent = title;
    this.#help.textContent = this.#t(`help${kind}`, { agent: agent ? firstName(agent.name) : '' });
    this.#face.className = `avatar ${kind.toLowerCase()}`;
    this.#face.replaceChildren(agent ? this.#initial(agent.name) : icon(kind === 'Queued' ? 'queued' : 'assistant'));
    return changed ? title : '';
  }

  #initial(name) {
    return [...name.trim()][0]?.toUpperCase() ?? '';
  }

  // ---- what the conversation tells

  #on(kind, detail) {
    if (kind === 'change') this.#render();
    else if (kind === 'message') this.#heard(detail);
    else if (kind === 'typing') this.#setTyping(detail?.from, detail?.on);
    else if (kind === 'renewed') this.#renewed();
    else {
      const title = this.#showState();
      if (title && !detail.first) this.#say(title);
      this.#render(); // buttons of the assistant go quiet when a person takes over
      this.#tell('handoff-state', this.#chat.state);
    }
  }

  #heard({ message, history }) {
    if (history) return;
    if (message.from !== 'visitor') {
      this.#setTyping(message.from, false);
      const who = this.#author(message);
      if (!this.isOpen) this.#say(this.#t('newWhileClosed', { who: who || this.#assistantName() }));
      else this.#say(who ? `${who}: ${message.text}` : message.text);
    }
    this.#tell('handoff-message', message);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** Have a screen reader say `text`; history never goes through here. */
  #say(text) {
    const line = h('p', { lang: this.#language }, text);
    this.#live.append(line);
    setTimeout(() => line.remove(), ANNOUNCED_MS);
  }

  #setTyping(from, on) {
    clearTimeout(this.#typing[from]);
    const was = Boolean(this.#typing[from]);
    delete this.#typing[from];
    if (on) this.#typing[from] = setTimeout(() => this.#setTyping(from, false), TYPING_MS);
    if (on && !was && this.isOpen) this.#say(this.#t('typing', { who: this.#typist(from) }));
    if (was !== Boolean(on)) this.#render();
  }

  #typist(from) {
    const agent = this.#chat.state?.agent?.name;
    if (from !== 'agent') return this.#assistantName();
    return agent ? firstName(agent) : this.#t('teammate');
  }

  #renewed() {
    const kept = [...this.#list.children].filter((node) => !node.matches('.pending, .typing'));
    for (const button of kept.flatMap((node) => [...node.querySelectorAll('.choices button')])) button.disabled = true;
    // repeated renewals (a server that accepts no token) need one note, not many
    if (kept.at(-1)?.matches('.note')) kept.pop();
    const note = h('li', { class: 'note' }, h('div', { class: 'bubble' }, this.#t('newConversation')));
    this.#archive = this.#chat.messages.length || this.#archive.length ? [...kept, note] : [note];
    this.#views.clear();
    this.#list.replaceChildren(...this.#archive);
    this.#say(this.#t('newConversation'));
  }

  // ---- the list of messages

  #author({ from, name }) {
    if (from === 'agent') return name || this.#t('teammate');
    if (from === 'assistant') return this.#assistantName();
    return from === 'visitor' ? this.#t('you') : '';
  }

  /** Everything that is shown, in order: {key, message, item?}. */
  #entries() {
    const { messages, outbox } = this.#chat;
    const keyOf = (message) => (message.client_message_id ? `c:${message.client_message_id}` : `s:${message.seq}`);
    const entries = messages.map((message) => ({ key: keyOf(message), message }));
    for (const item of outbox) {
      const at = new Date(item.at).toISOString();
      entries.push({ key: `c:${item.id}`, message: { from: 'visitor', text: item.text, at }, item });
    }
    return entries;
  }

  #render() {
    if (!this.#chat) return;
    const atEnd = this.#following;
    const entries = this.#entries();
    const nodes = [...this.#archive];
    const keep = new Set(entries.map(({ key }) => key));
    let added = null;

    if (!this.#archive.length) nodes.push(this.#view('greeting', () => this.#welcome()).node);
    this.#views.get('greeting')?.update(entries.length > 0);
    const lastVisitor = entries.findLastIndex(({ message }) => message.from === 'visitor');
    const lastChoices = entries.findLastIndex(({ message }) => message.buttons?.length);
    const lastSaid = entries.findLastIndex(({ message, item }) => message.from === 'visitor' && !item);
    let day = '';
    entries.forEach(({ key, message, item }, index) => {
      const date = new Date(message.at);
      const before = entries[index - 1]?.message;
      if (date.toDateString() !== day) {
        day = date.toDateString();
        // the first day needs no heading as long as it is today
        if (before || day !== new Date().toDateString()) {
          keep.add(`d:${day}`);
          nodes.push(this.#view(`d:${day}`, () => ({ node: h('li', { class: 'day' }, this.#dayName(date)) })).node);
        }
      }
      const known = this.#views.has(key);
      const view = this.#view(key, () => this.#messageView(message));
      if (!known && this.#chat.loaded) view.node.classList.add('fresh');
      if (!known) added = message;
      view.update({
        message,
        item,
        joined: this.#together(before, message),
        follows: this.#together(message, entries[index + 1]?.message),
        live: index === lastChoices && index > lastVisitor && this.#chat.state?.owner !== 'human',
        sent: index === lastSaid,
      });
      nodes.push(view.node);
    });
    for (const from of Object.keys(this.#typing)) {
      keep.add(`t:${from}`);
      nodes.push(this.#view(`t:${from}`, () => this.#typingView(from)).node);
    }
    for (const key of this.#views.keys()) if (key !== 'greeting' && !keep.has(key)) this.#views.delete(key);
    this.#place(nodes);

    if (atEnd || added?.from === 'visitor') this.#toEnd();
    else if (added) this.#behind = true;
    this.#jump.hidden = !this.#behind;
    this.#showBanner();
    this.#markRead();
  }

  #view(key, make) {
    if (!this.#views.has(key)) this.#views.set(key, make());
    return this.#views.get(key);
  }

  /** Bring the list to `nodes`, moving only what moved: a focused button keeps the focus. */
  #place(nodes) {
    const wanted = new Set(nodes);
    for (const node of [...this.#list.children]) if (!wanted.has(node)) node.remove();
    nodes.forEach((node, index) => {
      if (this.#list.children[index] !== node) this.#list.insertBefore(node, this.#list.children[index] ?? null);
    });
  }

  #together(before, after) {
    if (!before || !after || before.from !== after.from || before.name !== after.name || before.from === 'system') return false;
    const [first, second] = [new Date(before.at), new Date(after.at)];
    return second - first < GROUP_MS && first.toDateString() === second.toDateString();
  }

  #dayName(date) {
    const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000);
    if (days < 2) return this.#t(days < 1 ? 'today' : 'yesterday');
    return date.toLocaleDateString(this.#locale, { weekday: 'long', day: 'numeric', month: 'long' });
  }

  #avatar(from, name) {
    const face = from === 'agent' ? this.#initial(name || this.#t('teammate')) : icon('assistant');
    return h('span', { class: `avatar ${from}`, 'aria-hidden': 'true' }, face);
  }

  /** The greeting is the page's own: it is part of no conversation, and asks the server for nothing. */
  #welcome() {
    const text = this.getAttribute('greeting') || this.#t('greeting');
    const questions = (this.getAttribute('starters') || this.#t('starters')).split('|').map((one) => one.trim());
    const choices = this.#choices(questions.filter(Boolean).map((title) => ({ title })), this.#t('startersLabel'));
    const author = h('span', { class: 'author' }, this.#assistantName());
    const bubble = h('div', { class: 'bubble', dir: 'auto' }, ...withLinks(text, this.#t('newTab')));
    const node = h('li', { class: 'assistant' }, this.#avatar('assistant'), author, bubble, choices);
    return { node, update: (begun) => choices && (choices.hidden = begun) };
  }

  #choices(buttons, label) {
    if (!buttons?.length) return null;
    const choose = ({ title, payload }) => {
      this.#chat.send(title, payload);
      this.#focus(); // the button goes inert, and the focus must not get lost with it
    };
    const made = buttons.map((button) => h('button', { type: 'button', dir: 'auto', onclick: () => choose(button) }, button.title));
    return h('div', { class: 'choices', role: 'group', 'aria-label': label }, ...made);
  }

  #messageView(message) {
    const { from, name, buttons } = message;
    const author = from === 'system' ? null : h('span', {}, this.#author(message));
    const bubble = h('div', { class: 'bubble', dir: 'auto' });
    const choices = this.#choices(buttons, this.#t('choicesLabel'));
    const meta = h('div', { class: 'meta' });
    const avatar = from === 'agent' || from === 'assistant' ? this.#avatar(from, name) : null;
    const node = h('li', {}, avatar, author, bubble, choices, from === 'system' ? null : meta);
    let shown;
    const update = ({ message: now, item, joined, follows, live, sent }) => {
      // the stored text may differ from the typed one: card numbers and the like are masked
      if (shown !== now.text) bubble.replaceChildren(...withLinks((shown = now.text ?? ''), this.#t('newTab')));
      const fresh = node.classList.contains('fresh');
      node.className = [from, joined && 'joined', follows && 'follows', item && 'pending', item?.failed && 'failed', fresh && 'fresh'].filter(Boolean).join(' ');
      if (author) author.className = joined || from === 'visitor' ? 'sr' : 'author';
      for (const button of choices?.children ?? []) button.disabled = !live;
      this.#showMeta(meta, now, item, follows, sent);
    };
    return { node, update };
  }

  /** Time and state below a message; only what changed is touched. */
  #showMeta(meta, message, item, follows, sent) {
    const time = follows || item ? '' : this.#clock.format(new Date(message.at));
    let state = sent ? this.#t('sent') : '';
    if (item) state = this.#t(this.#chat.isRetried(item) ? 'retrying' : 'sending');
    if (item?.failed) state = this.#t('failed', { reason: item.failed });
    const text = [time, state].filter(Boolean).join(' \u00b7 ');
    const bad = Boolean(item && (item.failed || this.#chat.isRetried(item)));
    if (meta.dataset.text === text) return;
    meta.dataset.text = text;
    meta.hidden = !text;
    meta.className = bad ? 'meta bad' : 'meta';
    meta.replaceChildren(text);
    if (!item?.failed) return;
    const edit = () => {
      this.#chat.discard(item.id);
      this.#input.value = [item.text, this.#input.value].filter(Boolean).join('\n');
      this.#typed();
      this.#input.focus();
    };
    const discard = () => {
      this.#chat.discard(item.id);
      this.#input.focus();
    };
    meta.append(
      h('button', { type: 'button', onclick: edit }, this.#t('edit')),
      h('button', { type: 'button', onclick: discard }, this.#t('discard')),
    );
  }

  #typingView(from) {
    const who = this.#typist(from);
    const label = this.#t('typing', { who });
    const dots = h('div', { class: 'bubble dots', role: 'img', 'aria-label': label }, h('i'), h('i'), h('i'));
    const name = this.#chat.state?.agent?.name;
    return { node: h('li', { class: `typing ${from}` }, this.#avatar(from, name), dots) };
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroll;
    this.#following = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (!this.#following) return;
    this.#behind = false;
    this.#jump.hidden = true;
  }

  #toEnd() {
    this.#behind = false;
    this.#following = true;
    this.#jump.hidden = true;
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  // ---- connection and unread

  #bannerTimer = null;

  #showBanner() {
    const { online, notice } = this.#chat;
    if (online !== false) {
      clearTimeout(this.#bannerTimer);
      this.#bannerTimer = null;
      if (this.#banner.dataset.lost && online) this.#say(this.#t('online'));
      delete this.#banner.dataset.lost;
      if (this.#banner.textContent !== notice) this.#banner.textContent = notice;
      return;
    }
    this.#bannerTimer ??= setTimeout(() => {
      this.#banner.dataset.lost = 'yes';
      this.#banner.textContent = this.#t('offline');
    }, OFFLINE_NOTE_MS);
  }

  #markRead() {
    if (!this.#chat) return;
    if (this.isOpen && !document.hidden && this.#chat.loaded) this.#chat.read = this.#chat.last;
    this.#showUnread();
  }

  #showUnread() {
    const { messages = [], read = 0 } = this.#chat ?? {};
    const count = this.isOpen ? 0 : messages.filter(({ seq, from }) => seq > read && from !== 'visitor').length;
    this.#badge.hidden = !count;
    this.#badge.textContent = count > 99 ? '99+' : String(count);
    const key = this.isOpen ? 'close' : count === 0 ? 'open' : count === 1 ? 'openUnreadOne' : 'openUnreadMany';
    this.#launcher.setAttribute('aria-label', this.#t(key, { count }));
  }

  // ---- open and close

  #setOpen(open, focus = true) {
    this.#panel.hidden = !open;
    this.#panel.classList.toggle('opening', open && focus);
    this.#launcher.setAttribute('aria-expanded', String(open));
    this.#launcher.replaceChildren(icon(open ? 'down' : 'chat'), this.#badge);
    this.#remember('open', open);
    this.toggleAttribute('open', open);
    if (open) {
      this.#fit();
      this.#grow();
      this.#render();
      this.#toEnd();
      if (focus) this.#focus();
    } else {
      if (focus) this.#launcher.focus();
      this.#showUnread();
    }
    this.#tell(open ? 'handoff-open' : 'handoff-close');
  }

  /** Into the field; on touch screens into the panel, as the keyboard would cover what is to be read first. */
  #focus() {
    (matchMedia('(pointer: coarse)').matches ? this.#panel : this.#input).focus();
  }

  /** On phones the sheet is as high as the part of the screen that the keyboard leaves. */
  #fit() {
    const { visualViewport: room } = window;
    if (room && this.isOpen) this.#panel.style.setProperty('--room', `${Math.round(room.height)}px`);
  }

  /** What this tab remembers from page to page. */
  #remember(key, value) {
    try {
      if (value) sessionStorage.setItem(`handoff-chat:${key}`, value);
      else sessionStorage.removeItem(`handoff-chat:${key}`);
    } catch {
      // without storage the next page starts closed: an inconvenience, not a failure
    }
  }

  #remembered(key) {
    try {
      return sessionStorage.getItem(`handoff-chat:${key}`);
    } catch {
      return null;
    }
  }

  // ---- writing

  #typed() {
    this.#remember('draft', this.#input.value);
    this.#grow();
  }

  #grow() {
    const { value, style } = this.#input;
    style.blockSize = 'auto';
    // scrollHeight is 0 while the panel is hidden
    style.blockSize = this.#input.scrollHeight ? `${this.#input.scrollHeight}px` : '';
    const count = countOf(value.trim());
    const over = count - TEXT_LIMIT;
    this.#hint.className = over > 0 ? 'hint bad' : 'hint';
    if (over > 0) this.#hint.textContent = this.#t('tooLong', { limit: TEXT_LIMIT, count: over });
    else this.#hint.textContent = count > HINT_FROM ? this.#t('charactersLeft', { count: -over }) : '';
    this.#input.setAttribute('aria-invalid', String(over > 0));
    this.#sendButton.disabled = !count || over > 0;
  }

  #key(event) {
    // 229: the key that ends an input method's composition in Safari, which no longer says isComposing
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const text = this.#input.value.trim();
    if (!text || countOf(text) > TEXT_LIMIT) return;
    this.#input.value = '';
    this.#typed();
    this.#chat.send(text);
    this.#input.focus();
  }
}

customElements.define('handoff-chat', HandoffChat);

// one script tag is enough: <script type="module" src=".../widget.js" data-auto>
const tag = [...document.querySelectorAll('script[data-auto]')].find(({ src }) => src === import.meta.url);
if (tag && !document.querySelector('handoff-chat')) {
  const element = document.createElement('handoff-chat');
  for (const [key, value] of Object.entries(tag.dataset)) if (key !== 'auto') element.setAttribute(key, value);
  document.body.append(element);
}
