// Puts the desk together: addresses, the list, the conversation, live updates.

import { ApiError, request } from "./api.js";
import { Conversation } from "./conversation.js";
import { byId, showNotice } from "./dom.js";
import { listen } from "./live.js";
import { forgetAll } from "./outbox.js";
import { isMine, QueueList } from "./queue.js";

const TITLE = "Handoff desk";
const QUEUE_CHOICE = "desk.queue";
const RETRY_MILLISECONDS = 3000;

const state = { open: null, closed: null, filter: "open", known: null, loading: false, again: false };
const queueFilter = byId("queue-filter");

function announce(text) {
  byId("announcer").textContent = text;
}

const list = new QueueList(byId("queue"), { onOpen: (id) => go(id) });
const conversation = new Conversation({ onChanged: () => loadList(), announce });

// --- addresses: /desk and /desk/handoffs/{id}

function idInAddress() {
  const found = location.pathname.match(/^\/desk\/handoffs\/([^/]+)$/);
  return found ? decodeURIComponent(found[1]) : null;
}

function go(id) {
  const address = id ? `/desk/handoffs/${encodeURIComponent(id)}` : "/desk";
  if (location.pathname !== address) history.pushState(null, "", address);
  showAddress({ focus: true });
}

function showAddress({ focus }) {
  const id = idInAddress();
  const before = conversation.id;
  document.body.dataset.view = id ? "conversation" : "list";
  list.select(id);
  if (id && id !== before) conversation.open(id, { focus });
  if (!id) {
    conversation.close();
    if (focus) list.focus(before);
  }
}

// --- the list

function inQueue(row) {
  return !queueFilter.value || row.queue === queueFilter.value;
}

function rowsShown() {
  const rows = state.filter === "closed" ? state.closed : state.open;
  const mine = state.filter !== "mine" ? rows : rows.filter(isMine);
  return mine.filter(inQueue);
}

function showList(fresh = new Set()) {
  if ((state.filter === "closed" ? state.closed : state.open) === null) return; // it comes in a moment
  list.show(rowsShown(), state.filter, fresh);
}

/** Fetch the list; when it changes meanwhile, once more, so that the last answer is never an old one. */
async function loadList() {
  if (state.loading) {
    state.again = true;
    return;
  }
  state.loading = true;
  try {
    const [open, closed] = await Promise.all([
      request("GET", "/handoffs?status=open"),
      state.filter === "closed" ? request("GET", "/handoffs?status=closed") : null,
    ]);
    state.open = open.handoffs;
    if (closed) state.closed = closed.handoffs;
    showNotice(byId("queue-error"), "");
    showList(noticeNew());
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showNotice(byId("queue-error"), `${error.message} Trying again.`);
    setTimeout(loadList, RETRY_MILLISECONDS);
  } finally {
    state.loading = false;
    if (state.again) {
      state.again = false;
      loadList();
    }
  }
}

function noticeNew() {
  const waiting = state.open.filter((row) => row.status === "queued");
  const fresh = state.known ? waiting.filter((row) => !state.known.has(row.id)) : [];
  state.known = new Set([...(state.known || []), ...state.open.map((row) => row.id)]);
  document.title = waiting.length ? `(${waiting.length}) ${TITLE}` : TITLE;
  if (fresh.length === 1) announce(`New handoff: ${fresh[0].headline}`);
  else if (fresh.length) announce(`${fresh.length} new handoffs`);
  return new Set(fresh.map((row) => row.id));
}

function setFilter(filter) {
  state.filter = filter;
  for (const tab of document.querySelectorAll("[data-filter]")) tab.setAttribute("aria-pressed", String(tab.dataset.filter === filter));
  showList();
  if (filter === "closed") loadList();
}

// --- wiring

for (const tab of document.querySelectorAll("[data-filter]")) tab.addEventListener("click", () => setFilter(tab.dataset.filter));
queueFilter.value = sessionStorage.getItem(QUEUE_CHOICE) || "";
if (queueFilter.selectedIndex < 0) queueFilter.value = "";
queueFilter.addEventListener("change", () => {
  sessionStorage.setItem(QUEUE_CHOICE, queueFilter.value);
  showList();
});
for (const link of document.querySelectorAll("[data-to-list]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(null);
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && conversation.id && !event.isComposing) go(null);
});
addEventListener("popstate", () => showAddress({ focus: true }));
byId("logout").addEventListener("click", async () => {
  try {
    await request("POST", "/logout");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showNotice(byId("queue-error"), `You are still logged in. ${error.message}`);
    return;
  }
  forgetAll();
  location.assign("/desk/login");
});

loadList();
showAddress({ focus: false });
listen({
  onQueue: loadList,
  onHandoff: (id) => { if (id === conversation.id) conversation.refresh(); },
  onState: (now) => {
    const badge = byId("live");
    badge.dataset.state = now;
    badge.textContent = now === "live" ? "Live" : "Reconnecting";
    if (now === "live") conversation.refresh();
  },
});
