// Whether the agent is here: the switch in the header, and who else is.

import { ApiError, request } from "./api.js";
import { disclosure } from "./disclosure.js";
import { byId, el, showNotice } from "./dom.js";
import { duration } from "./time.js";
import { readable } from "./words.js";

const WORDS = { online: "Online", away: "Away" };

/** The switch; everything it needs is in the page's header. */
export class Presence {
  constructor() {
    this.state = document.body.dataset.presence || "online";
    this.agents = null;
    this.choices = [...byId("presence-panel").querySelectorAll("[data-state]")];
    for (const choice of this.choices) choice.addEventListener("click", () => this.#choose(choice.dataset.state));
    disclosure(byId("presence-button"), { onOpen: () => this.refresh() });
    this.#show();
    this.refresh();
  }

  /** Fetch who is here. What is shown stays when that fails; the next change brings it again. */
  async refresh() {
    try {
      this.agents = (await request("GET", "/agents")).agents;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return;
    }
    const me = this.agents.find((agent) => agent.id === document.body.dataset.agentId);
    if (me?.presence) this.state = me.presence;
    this.#show();
  }

  async #choose(state) {
    if (state === this.state) return;
    showNotice(byId("presence-error"), "");
    try {
      await request("POST", "/me/presence", { state });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      showNotice(byId("presence-error"), error.message);
      return;
    }
    this.state = state;
    this.#show();
    this.refresh();
  }

  #show() {
    const word = WORDS[this.state] || readable(this.state);
    byId("presence-dot").dataset.presence = this.state;
    byId("presence-word").textContent = word;
    for (const choice of this.choices) choice.setAttribute("aria-pressed", String(choice.dataset.state === this.state));
    byId("presence-help").textContent = this.#help();
    byId("presence-agents").replaceChildren(...this.#list());
  }

  #help() {
    const after = Number(document.body.dataset.awayAfter);
    const mine = this.agents?.find((agent) => agent.id === document.body.dataset.agentId)?.open_handoffs;
    const what = mine === 1 ? "your open conversation goes" : `your ${mine ? `${mine} ` : ""}open conversations go`;
    const when = after ? `After ${duration(after)}` : "After a while";
    return this.state === "away"
      ? `Nobody is told that you are here. ${when} ${what} back to the queue, so that no visitor waits for you.`
      : `Visitors are told that somebody is here. If you switch to away or close the desk: ${when.toLowerCase()} ${what} back to the queue.`;
  }

  #list() {
    const here = (this.agents || []).filter((agent) => agent.online);
    if (!here.length) return [el("li", { class: "muted", text: "Nobody is online." })];
    const order = (agent) => (agent.presence === "away" ? 1 : 0);
    return here.toSorted((one, other) => order(one) - order(other) || one.display_name.localeCompare(other.display_name)).map(person);
  }
}

function person(agent) {
  const busy = agent.open_handoffs ? `${agent.open_handoffs} open` : "free";
  const you = agent.id === document.body.dataset.agentId ? " (you)" : "";
  return el("li", { class: "person" }, el("span", { class: "dot", "aria-hidden": "true", data: { presence: agent.presence || "online" } }),
    el("span", { class: "person__name", text: agent.display_name + you }),
    el("span", { class: "muted small", text: [agent.presence === "away" && "away", busy].filter(Boolean).join(", ") }),
    agent.topics?.length ? el("span", { class: "person__topics muted small", text: agent.topics.map(readable).join(", ") }) : null);
}
