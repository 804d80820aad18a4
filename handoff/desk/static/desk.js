// Puts the desk together: addresses, the list, the conversation, live updates.

import { ApiError, request } from "./api.js";
import { Conversation } from "./conversation.js";
import { byId, showNotice } from "./dom.js";
import { announce, showLive, startHeader } from "./header.js";
import { ListTools } from "./list_tools.js";
import { arrange } from "./list_view.js";
import { listen } from "./live.js";
import { NewWork } from "./new_work.js";
import { isMine, QueueList } from "./queue.js";
import { Search } from "./search.js";
import { startShortcuts } from "./shortcuts.js";

const RETRY_MILLISECONDS = 3000;

const state = { open: null, closed: null, found: null, loading: false, again: false };

const presence = startHeader();
const work = new NewWork({ announce, onOpen: (id) => go(id) });
const list = new QueueList(byId("queue"), { onOpen: (id) => go(id) });
const conversation = new Conversation({ onChanged: () => loadList(), announce, onOpen: (id) => go(id) });
const tools = new ListTools({
  onChange: () => {
    showList();
    if (needsClosed() && state.closed === null) loadList();
  },
});
const search = new Search(byId("search"), {
  onSearch: () => {
    state.found = null;
    byId("queue").setAttribute("aria-busy", "true");
    if (search.text) loadList();
    else showList();
  },
  onLeave: () => list.focus(conversation.id),
});

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

const needsClosed = () => tools.tab === "closed";

/** The rows of the tab, or what the search found; null while they are on their way. */
function rows() {
  if (search.text) return state.found && (needsClosed() ? state.found.closed : [...state.found.open, ...state.found.closed]);
  return needsClosed() ? state.closed : state.open;
}

function showList(fresh = new Set()) {
  const all = rows();
  if (all === null) return; // it comes in a moment
  const shown = arrange(all, tools.view);
  list.show(shown, { tab: tools.tab, searching: Boolean(search.text), narrowed: tools.narrowed }, fresh);
  showNotice(byId("queue-found"), search.text ? `${shown.length} found for \u201c${search.text}\u201d` : "");
}

async function fetchRows(status, text = "") {
  const asked = new URLSearchParams(text ? { status, q: text } : { status });
  return (await request("GET", `/handoffs?${asked}`)).handoffs;
}

async function fetchLists() {
  const text = search.text;
  const [open, closed, foundOpen, foundClosed] = await Promise.all([
    fetchRows("open"),
    needsClosed() && !text ? fetchRows("closed") : null,
    text ? fetchRows("open", text) : null,
    text ? fetchRows("closed", text) : null,
  ]);
  state.open = open;
  state.closed = closed; // fetched anew with the next look at it
  if (text && text === search.text) state.found = { open: foundOpen, closed: foundClosed };
  tools.count("open", open.length);
  tools.count("mine", open.filter(isMine).length);
}

/** Fetch the list; when it changes meanwhile, once more, so that the last answer is never an old one. */
async function loadList() {
  if (state.loading) {
    state.again = true;
    return;
  }
  state.loading = true;
  try {
    await fetchLists();
    showNotice(byId("queue-error"), "");
    showList(work.look(state.open));
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

// --- wiring

for (const link of document.querySelectorAll("[data-to-list]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(null);
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  if (conversation.id) go(null);
});
addEventListener("popstate", () => showAddress({ focus: true }));

startShortcuts({ onMove: (step) => list.move(step), onSearch: () => search.focus(), conversation });
loadList();
showAddress({ focus: false });
listen({
  onQueue: loadList,
  onHandoff: (id) => { if (id === conversation.id) conversation.refresh(); },
  onTyping: (id, on) => conversation.visitorTyping(id, on),
  onPresence: () => presence.refresh(),
  onState: (now) => {
    showLive(now);
    if (now === "live") conversation.refresh();
  },
});
