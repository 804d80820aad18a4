// The review: what went wrong in groups, and the changes that mend it.

import { ApiError, request } from "./api.js";
import { byId, el, showNotice } from "./dom.js";
import { announce } from "./header.js";
import { startPage } from "./page.js";
import { Collected } from "./review_collected.js";
import { ReviewChange } from "./review_change.js";
import { link, showChanges } from "./review_changes.js";
import { FaqDialog } from "./review_faq_dialog.js";
import { addressWith, query, said as inAddress, showFilters, startFilters } from "./review_filters.js";
import { ReviewGroup } from "./review_group.js";
import { IntentDialog } from "./review_intent_dialog.js";
import { many, operationWords } from "./review_words.js";
import { counted, readable } from "./words.js";

const IDS_AT_ONCE = 1200; // in one request, which may have 64 kB and has the examples too

// unless something else has the focus by then
const onGone = () => { if (document.activeElement === document.body) byId("groups-title").focus(); };

let intents = [];
let topics = [];
let cards = [];
let drafts = [];
let asked = 0; // the latest request for groups; earlier answers come too late

const change = new ReviewChange({ label, onBack: () => go({ change: null }), onDropped: dropped });
const collected = new Collected({ label, onChanged: markCollected, onPreview: (operations) => attempt(async () => {
  await draft(operations);
  collected.clear();
}) });
const faqDialog = new FaqDialog({ onDone: take, onGone });
const intentDialog = new IntentDialog({ onDone: (intent, card, close) => take(addTo(intent, card), card, close), onGone });
const next = () => (collected.isOn ? "Collect" : "Preview");

const handlers = {
  onFaq: (card) => faqDialog.open(card, topics.map((topic) => [topic, readable(topic)]), next()),
  onAdd: (card, intent) => attempt(() => take(addTo(intent, card), card)),
  onOther: (card) => intentDialog.open(card, intents, next()),
  onOutOfScope: (card) => attempt(() => take({ kind: "out_of_scope", examples: card.examples, message_ids: card.messageIds }, card)),
  onIgnore: ignore,
};

/** How people say an intent. */
function label(name) {
  return intents.find((intent) => intent.name === name)?.label || name.replace(/^faq\//, "").replaceAll("_", " ");
}

const addTo = (intent, card) => ({ kind: "add_to_intent", intent, examples: card.examples, message_ids: card.messageIds });

/** Make an edit of a group: previewed at once, or collected. `close()` closes the dialog before the focus moves on. */
async function take(operation, card, close) {
  if (!collected.isOn) {
    await draft([operation], close);
    return;
  }
  close?.();
  collected.add(operation);
  card.focus();
  announce(`${counted(collected.operations.length, "edit")} collected`);
}

/** Draft a change of these edits and show it; the check of it begins by itself. */
async function draft(operations, close) {
  const drafted = await request("POST", "/review/changes", { operations: fitting(operations) });
  close?.();
  history.pushState(null, "", addressWith({ change: drafted.id }));
  showPart(drafted.id);
  change.show(drafted);
}

/** The edits with as many ids as one request holds; messages without are in the review again when the change is accepted. */
function fitting(operations) {
  let room = IDS_AT_ONCE;
  return operations.map((one) => {
    const ids = one.message_ids.slice(0, room);
    room -= ids.length;
    return { ...one, message_ids: ids };
  });
}

async function ignore(card) {
  await attempt(async () => {
    const ids = card.messageIds;
    for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
      await request("POST", "/review/ignore", { message_ids: ids.slice(start, start + IDS_AT_ONCE) });
    }
    said(`Ignored: ${card.group.name}`);
    await loadGroups();
    byId("groups-title").focus();
  });
}

function dropped() {
  go({ change: null });
  said("Dropped. Nothing was written.");
}

function said(words) {
  showNotice(byId("done"), words);
}

/** Do something with the API; what goes wrong is said at the top of the page. */
async function attempt(action) {
  showNotice(byId("page-error"), "");
  showNotice(byId("done"), "");
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showNotice(byId("page-error"), error.message);
    byId("page-error").scrollIntoView({ block: "nearest" });
  }
}

const open = (id) => go({ change: id });

function go(values) {
  history.pushState(null, "", addressWith(values));
  show();
}

function showPart(id) {
  byId("list-view").hidden = Boolean(id);
  showNotice(byId("page-error"), "");
  showNotice(byId("done"), "");
}

/** Show what the address says. */
function show() {
  const id = inAddress("change");
  showPart(id);
  if (id) {
    change.open(id);
    return;
  }
  change.close();
  showFilters();
  collected.show();
  attempt(() => Promise.all([loadGroups(), loadChanges()]));
}

async function loadGroups() {
  const number = ++asked;
  byId("groups").setAttribute("aria-busy", "true");
  const answer = await request("GET", `/review?${query()}`);
  if (number === asked) showGroups(answer);
}

function showGroups({ groups, total_groups: all, total_messages: messages, left_out: left, encoder_missing: missing }) {
  cards = groups.map((group) => new ReviewGroup(group, handlers));
  markCollected();
  markWaiting();
  byId("groups").setAttribute("aria-busy", "false");
  byId("groups").replaceChildren(...(cards.length ? cards.map((card) => card.root) : [nothing()]));
  byId("collect-part").hidden = !groups.length && !collected.isOn;
  byId("groups-count").textContent = all ? String(all) : "";
  const facts = [];
  if (groups.length) facts.push(`${many(messages)} ${messages === 1 ? "message" : "messages"} in ${counted(all, "group")}, the most valuable first.`);
  if (all > groups.length) facts.push(`These are the first ${groups.length}.`);
  if (left) facts.push(`${many(left)} older ones come when these are done.`);
  byId("groups-about").textContent = facts.join(" ");
  showNotice(byId("encoder-missing"), missing || "");
  pointOut();
}

function markCollected() {
  for (const card of cards) {
    const operation = collected.of(card.group.message_ids);
    if (operation) card.collect(operationWords(operation, label), () => takeBack(card, operation));
    else if (card.root.dataset.collected) card.choose();
  }
}

function markWaiting() {
  for (const card of cards) {
    const ids = new Set(card.group.message_ids);
    const found = drafts.find(({ operations }) => operations.some((one) => one.message_ids.some((id) => ids.has(id))));
    card.waitFor(found ? link(found, addressWith({ change: found.id }), open) : null);
  }
}

function takeBack(card, operation) {
  collected.remove(operation);
  card.focus();
}

/** The address may name a message, as the overview's links do: its group is shown first of all. */
function pointOut() {
  const message = inAddress("message");
  const card = message && cards.find(({ group }) => group.message_ids.includes(message));
  if (!card) return;
  card.root.classList.add("review-group--meant");
  card.root.tabIndex = -1;
  card.root.focus({ preventScroll: true });
  card.root.scrollIntoView({ block: "center" });
}

function nothing() {
  const text = inAddress("kind") ? "Nothing of this kind that you have not seen." : "Nothing went wrong in these days that you have not seen.";
  return el("li", { class: "items__well muted", text });
}

async function loadChanges() {
  const { changes } = await request("GET", "/review/changes");
  drafts = changes.filter((one) => one.status === "draft");
  showChanges(changes, { label, href: (id) => addressWith({ change: id }), open });
  markWaiting();
}

async function start() {
  startFilters(go);
  addEventListener("popstate", show);
  startPage();
  try {
    ({ intents, topics } = await request("GET", "/review/intents"));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    announce("The intents could not be loaded"); // their names are shown instead of words
  }
  show();
}

start();
