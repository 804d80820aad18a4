// The changes there are: those that wait for a decision, and the latest that were decided.

import { momentPassed } from "./delivery_cards.js";
import { byId, el } from "./dom.js";
import { operationWords, statusChip } from "./review_words.js";

const MOST_PAST = 10;

/** Show them; `label(intent)` is how people say an intent, `href(id)` a change's address, `open(id)` shows it here. */
export function showChanges(changes, { label, href, open }) {
  const drafts = changes.filter((one) => one.status === "draft");
  const past = changes.filter((one) => one.status !== "draft").slice(0, MOST_PAST);
  byId("changes-part").hidden = !drafts.length;
  byId("changes-count").textContent = String(drafts.length);
  byId("past-part").hidden = !past.length;
  const item = (one) => el("li", { class: "item" },
    el("div", { class: "item__head" }, el("h3", { class: "item__title" }, link(one, href(one.id), open)), chip(one.status)),
    el("p", { class: "item__facts muted small" }, `${one.operations.map((operation) => operationWords(operation, label)).join("; ")}. By ${one.decided_by || one.created_by || "somebody"}, `, momentPassed(one.decided_at || one.created_at)));
  byId("changes").replaceChildren(...drafts.map(item));
  byId("past").replaceChildren(...past.map(item));
}

/** A link that shows a change here, or in a tab of its own. */
export function link({ id, title }, href, open) {
  return el("a", { href, text: title, on: { click: (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return; // in a tab of its own
    event.preventDefault();
    open(id);
  } } });
}

function chip(status) {
  const [words, look] = statusChip(status);
  return el("span", { class: `chip ${look}`, text: words });
}
