// What happened before: the steps of this handoff with who, when and why, and earlier handoffs of the same visitor.

import { el } from "./dom.js";
import { actorWords, reasonWords, stepWords } from "./event_words.js";
import { clockTime, dayKey, dayLabel, fullTime } from "./time.js";
import { counted, statusWords } from "./words.js";

/** The steps of a handoff, folded away; null when there are none. */
export function historyPart(events, open) {
  const steps = events.filter(stepWords);
  if (!steps.length) return null;
  const latest = steps.at(-1);
  return el("details", { class: "card__part history", open },
    el("summary", { data: { keep: "history" } }, el("span", { class: "history__title", text: "History" }), el("span", { class: "muted small", text: ` ${counted(steps.length, "step")}, last ${when(latest.at)}` })),
    el("ol", { class: "plain history__steps" }, ...steps.map(step)));
}

function step(event) {
  const why = reasonWords(event);
  return el("li", {},
    el("p", {}, el("span", { class: "history__what", text: stepWords(event) })),
    el("p", { class: "muted small" }, `${actorWords(event)}, `, el("time", { datetime: event.at, title: fullTime(event.at), text: when(event.at) })),
    why && el("p", { class: "small history__why", text: why }));
}

/** Earlier handoffs of this visitor, newest first, each a link; null when there are none. */
export function earlierPart(earlier) {
  if (!earlier?.length) return null;
  return el("section", { class: "card__part" }, el("h3", { text: counted(earlier.length, "earlier handoff") }),
    el("ul", { class: "plain earlier" }, ...earlier.map((one) => el("li", {},
      el("a", { href: `/desk/handoffs/${encodeURIComponent(one.id)}`, data: { handoff: one.id, keep: `earlier-${one.id}` }, text: one.headline }),
      el("p", { class: "muted small", text: outcome(one) })))));
}

/** Open an earlier handoff within the page: `onOpen(id)` instead of following the link in `root`. */
export function followEarlier(root, onOpen) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-handoff]");
    // a new tab stays a new tab
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onOpen(link.dataset.handoff);
  });
}

function outcome({ status, closed_at, agent_name, rating }) {
  const score = typeof rating === "object" && rating ? rating.score : rating;
  return [
    statusWords(status) + (agent_name && closed_at ? ` by ${agent_name}` : ""),
    closed_at && when(closed_at),
    score ? `rated ${score} of 5` : null,
  ].filter(Boolean).join(", ");
}

function when(iso) {
  return dayKey(iso) === new Date().toDateString() ? clockTime(iso) : `${dayLabel(iso).replace("Yesterday", "yesterday")} ${clockTime(iso)}`;
}
