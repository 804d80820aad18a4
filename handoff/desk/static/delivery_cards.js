// How a live chat or a way to visitors is, in plain words.

import { el } from "./dom.js";
import { clockTime, dayKey, dayLabel, duration, fullTime, ticks } from "./time.js";
import { readable } from "./words.js";

const exact = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const CHIPS = { ok: ["Works", "chip--open"], trouble: ["Has trouble", "chip--off"], resting: ["Left alone", "chip--off"], gone: ["Not set up", "chip--bad"] };

/** A moment that has passed: "10:42", "yesterday 10:42", "Monday 23 November 10:42". */
export function momentPassed(iso) {
  const day = dayKey(iso) === new Date().toDateString() ? "" : `${dayLabel(iso).replace("Yesterday", "yesterday")} `;
  return el("time", { datetime: iso, title: fullTime(iso), text: `${day}${clockTime(iso)}` });
}

/** One live chat. */
export function connectorCard(one) {
  return card(one.name, one.state, stateWords(one), one, [
    fact("Serves", serves(one)),
    !one.notifies && one.state !== "gone" && fact("If down", `${one.fallback === "desk" ? "The desk" : one.fallback} takes over`),
    one.type && fact("Type", one.type),
  ]);
}

/** A way to visitors: their chat, or e-mail. */
export function ownCard(one) {
  const name = one.name === "email" ? "E-mail" : "Chat";
  if (!one.set_up) return card(name, "gone", ["No e-mail can be sent; replies wait in the chat until the visitor is back. Set it up in endpoints.yml."], one, []);
  const words = one.state === "ok" ? [] : ["Has trouble", ...nextTry(one)];
  return card(name, one.state, words, one, []);
}

/** Let "in 20 s" count down. */
export function tickAll() {
  for (const node of document.querySelectorAll("[data-until]")) {
    const text = inWords(Number(node.dataset.until) - ticks());
    if (node.textContent !== text) node.textContent = text;
  }
}

function card(title, state, words, one, facts) {
  const [chip, look] = CHIPS[state];
  return el("li", { class: "item", data: { state } },
    el("div", { class: "item__head" }, el("h3", { class: "item__title", text: title }), el("span", { class: `chip ${look}`, text: chip })),
    words.length > 0 && el("p", { class: "item__facts" }, ...words),
    state !== "ok" && one.last_error && el("p", { class: "item__cause", text: one.last_error }),
    el("dl", { class: "facts facts--small" }, fact("Waiting", waiting(one)), ...facts));
}

function stateWords(one) {
  const since = one.down_since ? [" since ", momentPassed(one.down_since)] : [];
  switch (one.state) {
    case "trouble": return ["Has trouble", ...since, ...nextTry(one)];
    case "resting": return ["Has trouble", ...since, ", and is left alone until ", el("time", { datetime: one.open_until, text: exact.format(new Date(one.open_until)) }), "."];
    case "gone": return ["It is not in endpoints.yml any more, so nobody delivers what waits. Put it back, or claim its handoffs on the desk."];
    default: return one.last_ok_at ? ["Last delivery ", momentPassed(one.last_ok_at)] : ["Nothing was sent so far."];
  }
}

function nextTry({ next_try_seconds: seconds }) {
  if (seconds === null) return [". It is tried again with the next delivery."];
  return [", tried again ", el("span", { data: { until: String(ticks() + seconds) }, text: inWords(seconds) }), "."];
}

const inWords = (seconds) => (seconds < 1 ? "now" : `in ${duration(seconds)}`);

function waiting({ waiting: number, waiting_since: since }) {
  if (!number) return "Nothing";
  return number === 1 ? ["1, since ", momentPassed(since)] : [`${number}, the first since `, momentPassed(since)];
}

function serves({ serves: queues, after_hours: closed, notifies }) {
  const parts = [...queues.map(readable)];
  if (closed) parts.push(parts.length ? "and every queue that is closed" : "Every queue that is closed");
  if (notifies) parts.push("Nobody; it is told of each new handoff");
  return parts.join(", ").replace(", and", " and") || "No queue";
}

function fact(name, value) {
  return el("div", {}, el("dt", { text: name }), el("dd", {}, ...(Array.isArray(value) ? value : [value])));
}
