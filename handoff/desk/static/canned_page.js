// The page of canned replies: find, add, edit, delete, and take a deletion back.

import { ApiError, request } from "./api.js";
import { matching } from "./canned.js";
import { CannedEditor } from "./canned_editor.js";
import { byId, el, showNotice } from "./dom.js";
import { announce } from "./header.js";
import { startPage } from "./page.js";
import { counted, readable } from "./words.js";

const items = byId("items");
const filter = byId("filter");
const forQueue = byId("for-queue");

let replies = [];
let deleted = null;

const editor = new CannedEditor({
  onSaved: (reply, isNew) => {
    announce(isNew ? `Added /${reply.shortcut}` : `Saved /${reply.shortcut}`);
    load();
  },
});

function shown() {
  return matching(replies, filter.value.replace(/^\//, "")).filter((reply) => !forQueue.value || !reply.queue || reply.queue === forQueue.value);
}

function show() {
  const rows = shown();
  const focused = document.activeElement?.dataset.key;
  items.setAttribute("aria-busy", "false");
  items.replaceChildren(...(rows.length ? rows.map(item) : [nothing()]));
  if (focused) items.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  byId("counted").textContent = counted(rows.length, "reply", "replies");
}

function nothing() {
  const text = replies.length ? "No reply matches." : "There are none yet. Add the answer that you typed most often this week.";
  return el("li", { class: "items__nothing muted", text });
}

function item(reply) {
  return el("li", { class: "item" },
    el("div", { class: "item__head" }, el("h2", { class: "item__title" }, el("code", { text: `/${reply.shortcut}` }), " ", reply.title),
      el("span", { class: "chip", text: reply.queue ? readable(reply.queue) : "All queues" })),
    el("p", { class: "item__text", text: reply.text }),
    el("div", { class: "item__foot" },
      el("span", { class: "muted small", text: reply.updated_by ? `Last changed by ${reply.updated_by}` : "" }),
      el("button", { type: "button", class: "button button--small", "aria-label": `Edit /${reply.shortcut}`, data: { key: `edit-${reply.id}` }, text: "Edit", on: { click: () => editor.open(reply) } }),
      el("button", { type: "button", class: "button button--small button--danger", "aria-label": `Delete /${reply.shortcut}`, text: "Delete", on: { click: () => remove(reply) } })));
}

async function load() {
  await attempt(async () => {
    replies = (await request("GET", "/canned")).canned;
    show();
  });
}

/** Do something with the API; what goes wrong is said at the top of the page. */
async function attempt(action) {
  showNotice(byId("page-error"), "");
  try {
    await action();
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showNotice(byId("page-error"), error.message);
    return false;
  }
}

async function remove(reply) {
  if (!await attempt(() => request("DELETE", `/canned/${encodeURIComponent(reply.id)}`))) return;
  deleted = reply;
  replies = replies.filter((one) => one.id !== reply.id);
  show();
  byId("undo").hidden = false;
  byId("undo-text").textContent = `/${reply.shortcut} is deleted.`;
  byId("undo-button").focus(); // the button that was pressed is gone
}

async function undo() {
  const { shortcut, title, text, queue } = deleted;
  if (!await attempt(() => request("POST", "/canned", { shortcut, title, text, queue }))) return;
  byId("undo").hidden = true;
  announce(`/${shortcut} is back`);
  filter.focus();
  await load();
}

byId("add").addEventListener("click", () => editor.open());
byId("undo-button").addEventListener("click", undo);
filter.addEventListener("input", show);
forQueue.addEventListener("change", show);
startPage();
load();
