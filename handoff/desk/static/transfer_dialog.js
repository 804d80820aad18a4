// Where a conversation goes next: another queue, with whether it is open, or a colleague who is online.

import { ApiError, request } from "./api.js";
import { isElsewhere } from "./delivery_words.js";
import { AskDialog } from "./dialog.js";
import { byId, el, showNotice } from "./dom.js";
import { momentWords } from "./moments.js";
import { clockTime, dayKey } from "./time.js";
import { counted, readable } from "./words.js";

/** `onTransfer(body)` does it: {queue|agent_id, note}. It resolves when it is done, else throws an
 * ApiError. `onGone()`: see AskDialog. */
export class TransferDialog {
  constructor({ onTransfer, onGone }) {
    this.onTransfer = onTransfer;
    this.list = byId("transfer-targets");
    this.note = byId("transfer-note");
    this.dialog = new AskDialog(byId("transfer-dialog"), { onSubmit: () => this.#submit(), onGone });
    this.list.addEventListener("change", () => this.#explain());
  }

  /** Close it; nothing is transferred. */
  close() {
    this.dialog.close();
  }

  /** Ask for a target for this handoff. */
  async open(handoff) {
    if (this.dialog.isOpen) return;
    this.handoff = handoff;
    this.note.value = "";
    this.list.replaceChildren(el("p", { class: "muted", text: "Loading queues and colleagues" }));
    byId("transfer-explain").textContent = "";
    this.dialog.open();
    try {
      const [{ queues }, { agents }] = await Promise.all([request("GET", "/queues"), request("GET", "/agents")]);
      this.#show(queues, agents);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.list.replaceChildren();
      showNotice(this.dialog.notice, `Queues and colleagues could not be loaded. ${error.message}`);
    }
  }

  #show(queues, agents) {
    const me = document.body.dataset.agentId;
    const others = queues.filter((queue) => queue.name !== this.handoff.queue);
    const online = agents.filter((agent) => agent.online && agent.presence !== "away" && agent.id !== me && agent.id !== this.handoff.agent?.id);
    this.list.replaceChildren(
      group("A colleague who is online", online.map((agent) => choice("agent_id", agent.id, agent.display_name, aboutAgent(agent))), "No colleague is online now."),
      group("Another queue", others.map((queue) => choice("queue", queue.name, readable(queue.name), aboutQueue(queue), consequence(queue))), "There is no other queue."),
    );
    this.list.querySelector("input")?.focus();
  }

  #explain() {
    byId("transfer-explain").textContent = this.#chosen?.dataset.consequence || "";
  }

  get #chosen() {
    return this.list.querySelector("input:checked");
  }

  async #submit() {
    const chosen = this.#chosen;
    if (!chosen) {
      showNotice(this.dialog.notice, "Choose where the conversation goes.");
      this.list.querySelector("input")?.focus();
      return false;
    }
    await this.onTransfer({ [chosen.dataset.kind]: chosen.value, note: this.note.value.trim() });
    return true;
  }
}

function group(title, choices, empty) {
  return el("fieldset", { class: "choices" }, el("legend", { text: title }), ...(choices.length ? choices : [el("p", { class: "muted small", text: empty })]));
}

function choice(kind, value, name, about, then = "They have it at once. The visitor is told who joins.") {
  // one name for both groups: one target only
  return el("label", { class: "choice" }, el("input", { type: "radio", name: "target", value, data: { kind, consequence: then } }),
    el("span", { class: "choice__name", text: name }), el("span", { class: "choice__about", text: about }));
}

function aboutAgent(agent) {
  const topics = agent.topics?.length ? agent.topics.map(readable).join(", ") : "All topics";
  return `${topics}; ${agent.open_handoffs ? counted(agent.open_handoffs, "open conversation") : "free"}`;
}

/** "Open", or until when it is closed and why, then who is there and who waits. */
function aboutQueue(queue) {
  if (isElsewhere(queue)) return `${opening(queue)}; in ${queue.connector}`;
  const facts = [opening(queue), queue.agents_online ? `${counted(queue.agents_online, "agent")} online` : "nobody online"];
  if (queue.waiting) facts.push(`${queue.waiting} waiting`);
  return facts.join("; ");
}

function opening({ open, opens_at, closed_because, closes_at }) {
  if (open !== false) return closes_at && dayKey(closes_at) === new Date().toDateString() ? `Open until ${clockTime(closes_at)}` : "Open";
  const why = closed_because ? ` (${closed_because})` : "";
  return opens_at ? `Closed until ${momentWords(opens_at).replace(/^on /, "")}${why}` : `Closed${why}`;
}

function consequence(queue) {
  if (queue.open === false) return "This queue is closed: the visitor is told when it opens, and the assistant answers until then.";
  if (isElsewhere(queue)) return `Its agents work in ${queue.connector}; they get it there, with everything said so far. The visitor is told.`;
  if (!queue.agents_online) return "Nobody of this queue is online: the visitor may wait for long.";
  return "Whoever is free takes it. The visitor is told.";
}
