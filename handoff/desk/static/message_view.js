// One line of the conversation as an element: what somebody said, an internal note, a step in the history.

import { actorWords, noteWords, reasonWords } from "./event_words.js";
import { el } from "./dom.js";
import { clockTime, fullTime } from "./time.js";
import { intentWords, moodWords, sureness } from "./words.js";

/** When it was, with the date on hovering. */
export function time(at) {
  return el("time", { datetime: at, title: fullTime(at), text: clockTime(at) });
}

/** A step in the history, between the messages. */
export function stepLine(event) {
  const why = reasonWords(event);
  const line = el("p", { class: "step" }, el("span", { text: noteWords(event) }), time(event.at));
  if (!why) return line;
  return el("div", { class: "step-and-why" }, line, el("p", { class: "step__why" }, el("span", { class: "message__who", text: `${actorWords(event)}: ` }), why));
}

/** What agents tell each other. It says in words that the visitor does not see it. */
export function noteLine(note) {
  return el("div", { class: "message message--note" },
    el("div", { class: "message__meta" }, el("span", { class: "message__tag", text: "Internal note" }),
      el("span", { class: "message__who", text: note.agent_name }), time(note.at)),
    el("p", { class: "message__text", text: note.text }));
}

/** What somebody said, as an element. */
export function messageLine(said, detail) {
  if (said.from === "system") {
    return el("div", { class: "message message--system" }, el("p", { class: "message__text", text: said.text }),
      el("p", { class: "message__meta" }, "Told the visitor automatically, ", time(said.at)));
  }
  const buttons = said.buttons || [];
  const offered = buttons.length
    ? el("p", { class: "message__offered", text: `Offered: ${buttons.map((button) => button.title).join(" / ")}` })
    : null;
  return el("div", { class: `message message--${said.from}` },
    el("div", { class: "message__meta" }, el("span", { class: "message__who", text: speaker(said, detail) }), time(said.at)),
    el("p", { class: "message__text", text: said.text }), offered, analysis(said, detail));
}

/** A reply or note that is on its way: shown at once, and honest about where it is. */
export function pendingLine(item, { onRetry, onEdit, onDiscard }) {
  const failed = item.state === "failed";
  const what = item.kind === "note" ? "Not saved." : "Not sent.";
  const foot = failed
    ? el("p", { class: "message__state", role: "alert" }, `${what} ${item.reason} `,
        ...[["Try again", onRetry], ["Edit", onEdit], ["Discard", onDiscard]].map(([text, click]) => (
          el("button", { type: "button", class: "button button--small", on: { click }, text }))))
    : el("p", { class: "message__state", text: item.kind === "note" ? "Saving" : "Sending" });
  const tag = item.kind === "note" ? el("p", { class: "message__meta" }, el("span", { class: "message__tag", text: "Internal note" })) : null;
  return el("div", { class: `message message--${item.kind === "note" ? "note" : "agent"} message--${item.state}` },
    tag, el("p", { class: "message__text", text: item.text }), foot);
}

function speaker(said, detail) {
  if (said.from === "visitor") return detail.package.visitor.name || "Visitor";
  return said.from === "agent" ? said.name || "Agent" : "Assistant";
}

// what the assistant makes of the visitor's words, also while the agent talks
function analysis(said, detail) {
  if (said.from !== "visitor") return null;
  const mood = moodWords(said.frustration);
  if (!said.intent && !mood) return null;
  const parts = [];
  if (mood) {
    parts.push(el("span", { class: "mood", title: `Frustration ${said.frustration.toFixed(2)} of 1` },
      el("span", { class: "mood__mark", "aria-hidden": "true", text: "!" }), readableStart(mood)));
  }
  if (said.intent) {
    const [label, code] = intentWords(said.intent, detail.intent_labels);
    parts.push(el("span", { class: "understood", title: code }, "Understood: ", label,
      typeof said.confidence === "number" && el("span", { class: "understood__sure", text: `, ${sureness(said.confidence)}` })));
  }
  return el("p", { class: "analysis" }, ...parts);
}

const readableStart = (words) => words.charAt(0).toUpperCase() + words.slice(1);
