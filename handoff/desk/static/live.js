// Keeps the event stream open and says honestly whether it is.

import { toLogin } from "./api.js";

const FIRST_PAUSE_MILLISECONDS = 1000;
const LONGEST_PAUSE_MILLISECONDS = 10000;
const SILENCE_MILLISECONDS = 2000; // shorter breaks are mended before anybody needs to know

/**
 * Listen for changes.
 * @param {{onQueue: function(), onHandoff?: function(string, string), onTyping?: function(string, boolean),
 *   onPresence?: function(), onState: function(string)}} handlers
 *   `onHandoff` gets id and kind of what happened, `onTyping` the id and whether the visitor types, `onState` "live" or
 *   "reconnecting".
 */
export function listen({ onQueue, onHandoff, onTyping, onPresence, onState }) {
  let source = null;
  let pause = FIRST_PAUSE_MILLISECONDS;
  let telling = null;
  let started = false;

  function open() {
    source = new EventSource("/api/stream");
    // An open connection is not yet a stream: what happens before its first event, "queue", is told by nobody, and
    // whoever fetched before that has to fetch once more. So it is live from there on, not from the first header.
    source.addEventListener("open", () => { started = false; });
    source.addEventListener("queue", () => {
      if (!started) onStarted();
      onQueue();
    });
    source.addEventListener("handoff", (event) => {
      const { id, kind } = JSON.parse(event.data);
      onHandoff?.(id, kind);
    });
    source.addEventListener("typing", (event) => {
      const { id, on } = JSON.parse(event.data);
      onTyping?.(id, on);
    });
    source.addEventListener("presence", () => onPresence?.());
    source.addEventListener("error", onError);
  }

  function onStarted() {
    started = true;
    pause = FIRST_PAUSE_MILLISECONDS;
    clearTimeout(telling);
    telling = null;
    onState("live");
  }

  function onError() {
    telling ??= setTimeout(() => onState("reconnecting"), SILENCE_MILLISECONDS);
    // the browser comes back by itself, except after an answer that is no stream: a login that ended, a proxy's error
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(reopen, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
  }

  async function reopen() {
    const me = await fetch("/api/me", { credentials: "same-origin" }).catch(() => null);
    if (me?.status === 401) toLogin();
    else open();
  }

  open();
  addEventListener("online", () => {
    if (source.readyState === EventSource.CLOSED) return;
    source.close();
    open();
  });
}
