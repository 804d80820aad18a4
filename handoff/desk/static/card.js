// The context card: what an agent must know before the first word, readable in five seconds. The summary comes first,
// then why it was handed over, then what can be looked up.

import { isElsewhere } from "./delivery_words.js";
import { copyText, el, webAddress } from "./dom.js";
import { earlierPart, historyPart } from "./history_view.js";
import { urgencyChip } from "./queue.js";
import { fullTime, timeIn } from "./time.js";
import { fieldWords, intentWords, moodWords, readable, signalWords, sureness, triggerWords } from "./words.js";

const COPIED_MILLISECONDS = 1500;
const SUMMARY_PARTS = /(?<=[.!?\u201d]) (?=(?:Answered already|Known|Open|Last words|Mood):)/;
const SUMMARY_LABEL = /^(Asked about|Answered already:|Known:|Open:|Last words:|Mood:)( .*)$/s;

/**
 * Fill `root` with the card.
 * @param {HTMLElement} root
 * @param {Object} detail answer of GET /api/handoffs/{id}
 * @param {function(string)} announce says something to screen readers
 */
export function showCard(root, detail, announce) {
  const { package: context, handoff } = detail;
  const wasOpen = root.querySelector(".history")?.open || false;
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.keep : null;
  const shown = [
    handedOn(handoff),
    summary(context, handoff),
    reason(context, detail.intent_labels),
    openQuestion(context),
    details(context, announce),
    page(context.page),
    rating(detail.rating),
    earlierPart(detail.earlier),
    answered(context.summary),
    visitor(context),
    historyPart(detail.events, wasOpen),
  ];
  root.replaceChildren(...shown.filter(Boolean));
  // news must not take the focus away from a button or link that is still there
  if (focused) root.querySelector(`[data-keep="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** What the card is made of, to see whether it must be made anew. */
export function cardKey(detail) {
  const { urgency, topic, closed_at, handed_on, connector } = detail.handoff;
  return JSON.stringify([detail.package, detail.intent_labels, urgency, topic, closed_at, handed_on, connector, detail.rating, detail.earlier, detail.events]);
}

// the word of the colleague who gave it on; it is for whoever takes it next, so it comes before everything else
function handedOn({ handed_on: given, closed_at: closed }) {
  if (!given?.note || closed) return null;
  return el("section", { class: "card__part card__handed-on" }, el("h3", { text: `From ${given.by}, for whoever takes over` }),
    el("p", { class: "card__word", text: given.note }));
}

function part(title, ...children) {
  return el("section", { class: "card__part" }, el("h3", { text: title }), ...children);
}

function summary(context, handoff) {
  const chips = el("p", { class: "card__chips" }, urgencyChip(handoff.urgency),
    el("span", { class: "chip chip--topic", text: readable(handoff.topic) }),
    isElsewhere(handoff) && el("span", { class: "chip chip--place", text: `${handoff.closed_at ? "Was in" : "In"} ${handoff.connector}` }),
    el("span", { class: "card__reasons", text: handoff.urgency.reasons.join(", ") }));
  return el("section", { class: "card__part card__summary" },
    el("h3", { class: "visually-hidden", text: "Summary" }), el("div", { class: "card__text" }, ...summaryLines(context.summary.text)), chips);
}

// The assistant's own summary names its parts; each on its own line is read faster than a paragraph. A summary that
// somebody else wrote stays the paragraph that it is.
function summaryLines(text) {
  return text.split(SUMMARY_PARTS).map((line) => {
    const [, label, rest] = line.match(SUMMARY_LABEL) || [];
    return label ? el("p", {}, el("span", { class: "card__label", text: label }), rest) : el("p", { text: line });
  });
}

function reason(context, labels) {
  const said = context.trigger.evidence.map((item) => (
    el("figure", { class: "quote" }, el("blockquote", { text: item.text }), el("figcaption", { text: because(item) }))));
  return part(`Why: ${triggerWords(context.trigger.kind)}`, ...said, intent(context.intent, labels));
}

// the reason, and the score behind it
function because({ reason: why, confidence, frustration, signals }) {
  if (typeof frustration === "number") {
    const mood = moodWords(frustration);
    const made = signals?.length ? `: ${signalWords(signals)}` : "";
    return `${mood ? `${readable(mood)}, ` : ""}frustration ${frustration.toFixed(2)} of 1${made}`;
  }
  return typeof confidence === "number" ? `${why}, ${sureness(confidence)}` : why;
}

function rating(given) {
  if (!given) return null;
  return part("The visitor's rating", el("p", { class: "card__score", title: fullTime(given.at), text: `${given.score} of 5` }),
    given.comment && el("blockquote", { class: "quote", text: given.comment }));
}

function intent({ name, confidence }, labels) {
  if (!name) return null;
  const [label, code] = intentWords(name, labels);
  return el("p", { class: "small" }, el("span", { class: "muted", text: "Understood as " }), label, " ",
    code && el("code", { text: code }), confidence !== null && el("span", { class: "muted", text: ` ${sureness(confidence)}` }));
}

function openQuestion(context) {
  const question = context.summary.open_question;
  // never the same words twice: an agent reads in seconds
  const said = context.summary.text.includes(question) || context.trigger.evidence.some((item) => item.text === question);
  return question && !said ? part("Open question", el("blockquote", { class: "quote", text: question })) : null;
}

function details(context, announce) {
  const known = { name: context.visitor.name, email: context.visitor.email, phone: context.visitor.phone, ...context.fields };
  const rows = Object.entries(known).filter(([, value]) => value).map(([name, value]) => {
    const label = fieldWords(name);
    return el("div", { class: "field" }, el("dt", { text: label }), el("dd", {}, el("span", { class: "field__value", text: value }), copyButton(label, value, announce)));
  });
  return part("Details", rows.length ? el("dl", { class: "fields" }, ...rows) : el("p", { class: "muted", text: "The visitor left none so far." }));
}

function copyButton(label, value, announce) {
  const button = el("button", { type: "button", class: "button button--small", "aria-label": `Copy ${label}`, data: { keep: `copy-${label}` }, text: "Copy" });
  button.addEventListener("click", async () => {
    const copied = await copyText(value);
    button.textContent = copied ? "Copied" : "Not copied";
    announce(copied ? `${label} copied` : `${label} could not be copied`);
    setTimeout(() => { button.textContent = "Copy"; }, COPIED_MILLISECONDS);
  });
  return button;
}

function page({ url, title }) {
  if (!url && !title) return null;
  const address = webAddress(url || "");
  const words = title || url;
  const link = address
    ? el("a", { href: address.href, target: "_blank", rel: "noopener noreferrer", data: { keep: "page" }, text: words })
    : el("span", { text: words });
  const where = address && title ? el("span", { class: "card__address", text: `${address.host}${address.pathname}` }) : null;
  return part("Written from", el("p", {}, link, where));
}

function answered({ already_answered: topics, text }) {
  const missing = topics.filter((topic) => !text.includes(topic));
  return missing.length ? part("The assistant answered already", el("p", { text: readable(missing.join(", ")) })) : null;
}

function visitor(context) {
  const { locale, timezone, previous_handoffs: before } = context.visitor;
  const time = timeIn(timezone);
  const facts = [
    before ? `Was with a person ${before === 1 ? "once" : `${before} times`} before` : null,
    time && `Local time ${time} (${timezone.replaceAll("_", " ")})`,
    locale && `Browser language ${locale}`,
    `Channel ${context.channel}`,
  ].filter(Boolean);
  return part("Visitor", el("ul", { class: "plain small" }, ...facts.map((text) => el("li", { text }))));
}
