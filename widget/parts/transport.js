/** How the widget talks to the channel: single requests, and Socket.IO over one WebSocket. */

const OPEN_MS = 6000; // opening a socket takes one or two round trips; a network that swallows it must not stall the chat
const ACK_MS = 30000; // a slow answer is still an answer; after this the message is sent again with the same id
const REQUEST_MS = 15000;
const FIRST_DELAY_MS = 500; // first pause before trying again; doubled each time
const LONGEST_DELAY_MS = 20000;

/** A failed exchange. `status` is the HTTP status, 0 when nothing came back; `message` the server's own words, if any. */
export class Trouble extends Error {
  constructor(message, status = 0, code = '') {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** Trying the same thing again cannot help. */
  get final() {
    return [400, 403, 413, 422].includes(this.status);
  }
}

/** A 128-bit random id. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // randomUUID exists on https only; a shop tried out on a plain http address in the office works all the same
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Pause before attempt number `tries`, in ms: doubling, and spread so that a thousand widgets do not return at once. */
export function backoff(tries) {
  const most = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1));
  return most / 2 + (Math.random() * most) / 2;
}

/** One request to the channel: its answer as JSON, or as text when the server says it is text. Rejects with Trouble. */
export async function request(address, token, body) {
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
    if (response.ok && /^text\/plain/.test(response.headers.get('content-type'))) return await response.text();
    const answer = await response.json();
    if (!response.ok) throw new Trouble(answer?.error?.message ?? '', response.status, answer?.error?.code);
    return answer;
  } catch (error) {
    // no network, no JSON (a proxy's error page), too slow: all the same to the visitor, and worth another try
    throw error instanceof Trouble ? error : new Trouble('');
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A Socket.IO v5 connection over one WebSocket (Engine.IO v4), as far as this widget needs it.
 *
 * Resolves when the server accepted the token, to {emit(event, data) -> promise of the ack, close(), closed}; `closed`
 * is a promise that never rejects. Rejects with Trouble; status 401 when the server refused the token.
 *
 * It ends when the browser says that it lost its network: the socket itself would find that out only when the next ping
 * does not come, and until then a message looks as if it were on its way.
 */
export function openSocket(address, token, onEvent) {
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
      window.removeEventListener('offline', lose);
      socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close();
      for (const { fail } of waiting.values()) fail(trouble);
      waiting.clear();
      reject(trouble);
      tell();
    };
    const lose = () => end(new Trouble(''));
    const alive = () => {
      clearTimeout(watchdog);
      if (!ended) watchdog = setTimeout(lose, silence);
    };
    const emit = (event, data) =>
      new Promise((done, fail) => {
        if (socket.readyState !== WebSocket.OPEN) return fail(new Trouble(''));
        const id = acks++;
        const timer = setTimeout(() => {
          waiting.delete(id);
          fail(new Trouble(''));
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
      if (type === '0') resolve({ emit, closed, close: lose });
      else if (type === '2') onEvent(...JSON.parse(json));
      else if (type === '3') {
        waiting.get(Number(id))?.done(JSON.parse(json)[0]);
        waiting.delete(Number(id));
      } else if (type === '4') end(new Trouble(JSON.parse(json)?.message ?? '', 401));
      else end(new Trouble(''));
    };

    alive();
    window.addEventListener('offline', lose);
    socket.onclose = socket.onerror = lose;
    socket.onmessage = ({ data }) => {
      try {
        // Engine.IO packet: 0 open, 1 close, 2 ping, 4 message
        if (data[0] === '0') {
          const { pingInterval, pingTimeout } = JSON.parse(data.slice(1));
          silence = pingInterval + pingTimeout;
          socket.send(`40${JSON.stringify({ token })}`);
        } else if (data[0] === '1') end(new Trouble(''));
        else if (data[0] === '2') socket.send('3');
        else if (data[0] === '4') packet(data.slice(1));
        alive();
      } catch (error) {
        end(new Trouble(String(error)));
      }
    };
  });
}
