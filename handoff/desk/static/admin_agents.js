// Administration of agents: the list, and the dialogs that add, change and give a new password.

import { request } from "./api.js";
import { AskDialog } from "./dialog.js";
import { byId, copyText, el, showNotice } from "./dom.js";
import { PasswordField } from "./password_field.js";
import { fullTime } from "./time.js";
import { counted, readable } from "./words.js";

const ROLES = { agent: "Agent", admin: "Administrator" };

/** `onChanged()` is called after a change was stored; `announce(text)` speaks to screen readers. */
export class AdminAgents {
  constructor({ onChanged, announce }) {
    this.onChanged = onChanged;
    this.announce = announce;
    this.agent = null;
    this.first = new PasswordField(byId("first-password"), "first");
    this.next = new PasswordField(byId("reset-password"), "next");
    const onGone = () => byId("add").focus();
    this.dialog = new AskDialog(byId("agent-dialog"), { onSubmit: () => (this.agent ? this.#change() : this.#add()), onGone });
    this.reset = new AskDialog(byId("reset-dialog"), { onSubmit: () => this.#setPassword(), onGone });
    byId("add").addEventListener("click", () => this.#open(null));
    byId("told-close").addEventListener("click", () => byId("told-dialog").close());
    byId("told-dialog").addEventListener("close", () => {
      byId("told-password").textContent = ""; // nothing secret stays on the page
      byId("add").focus();
    });
    byId("told-copy").addEventListener("click", async () => {
      const copied = await copyText(byId("told-password").textContent);
      announce(copied ? "Password copied" : "The password could not be copied");
      byId("told-copy").textContent = copied ? "Copied" : "Not copied";
    });
  }

  /** Show the accounts. */
  show(agents) {
    const focused = document.activeElement?.dataset.key;
    byId("agents").setAttribute("aria-busy", "false");
    byId("agents").replaceChildren(...agents.map((agent) => this.#item(agent)));
    if (focused) byId("agents").querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  #item(agent) {
    const button = (name, text, click) => el("button", {
      type: "button", class: "button button--small", "aria-label": `${text} ${agent.display_name}`, data: { key: `${name}-${agent.id}` }, text, on: { click },
    });
    return el("li", { class: "item item--agent", data: { active: String(agent.active) } },
      el("div", { class: "item__head" }, el("span", { class: "dot", "aria-hidden": "true", data: { presence: agent.online ? agent.presence : "offline" } }),
        el("h3", { class: "item__title" }, agent.display_name), el("span", { class: "muted small", text: agent.username }),
        agent.role === "admin" && el("span", { class: "chip", text: ROLES.admin }), !agent.active && el("span", { class: "chip chip--off", text: "Not active" })),
      el("p", { class: "item__facts muted small", text: facts(agent) }),
      el("div", { class: "item__foot" }, button("edit", "Edit", () => this.#open(agent)), button("password", "New password", () => this.#openReset(agent))));
  }

  #open(agent) {
    this.agent = agent;
    byId("agent-dialog-title").textContent = agent ? `Edit ${agent.display_name}` : "Add an agent";
    byId("username-part").hidden = byId("first-password").hidden = agent !== null;
    byId("active-part").hidden = agent === null || agent.id === document.body.dataset.agentId; // nobody locks themselves out
    byId("username").value = "";
    byId("display-name").value = agent?.display_name || "";
    byId("role").value = agent?.role || "agent";
    byId("active").checked = agent?.active ?? true;
    for (const box of topicBoxes()) box.checked = agent?.topics.includes(box.value) ?? false;
    this.first.reset();
    this.dialog.open();
    byId(agent ? "display-name" : "username").focus();
  }

  #openReset(agent) {
    this.agent = agent;
    byId("reset-title").textContent = `New password for ${agent.display_name}`;
    this.next.reset();
    this.reset.open();
    this.next.make.focus();
  }

  #values() {
    return { display_name: byId("display-name").value.trim(), role: byId("role").value, topics: topicBoxes().filter((box) => box.checked).map((box) => box.value) };
  }

  async #add() {
    const username = byId("username").value.trim().toLowerCase();
    const name = byId("display-name").value.trim();
    const problem = !username || /\s/.test(username) ? "A username has at least one character and no blanks."
      : !name ? "Enter the name that visitors see." : this.first.problem();
    if (problem) return complain(this.dialog, problem);
    const password = this.first.value();
    const { agent } = await request("POST", "/admin/agents", { username, ...this.#values(), password });
    this.#tell(agent, password);
    return true;
  }

  async #change() {
    if (!byId("display-name").value.trim()) return complain(this.dialog, "Enter the name that visitors see.");
    const { agent } = await request("PUT", `/admin/agents/${encodeURIComponent(this.agent.id)}`, { ...this.#values(), active: byId("active").checked });
    this.announce(`Saved ${agent.display_name}`);
    this.onChanged();
    return true;
  }

  async #setPassword() {
    const problem = this.next.problem();
    if (problem) return complain(this.reset, problem);
    const password = this.next.value();
    await request("POST", `/admin/agents/${encodeURIComponent(this.agent.id)}/password`, { new: password });
    this.#tell(this.agent, password);
    return true;
  }

  // once the dialog that asked has closed
  #tell(agent, password) {
    byId("told-name").textContent = agent.display_name;
    byId("told-username").textContent = agent.username;
    byId("told-password").textContent = password;
    byId("told-copy").textContent = "Copy";
    setTimeout(() => byId("told-dialog").showModal());
    this.onChanged();
  }
}

function complain(dialog, message) {
  showNotice(dialog.notice, message);
  return false;
}

function topicBoxes() {
  return [...byId("topics").querySelectorAll("input")];
}

function facts(agent) {
  const here = agent.online ? (agent.presence === "away" ? "Away" : "Online") : "Offline";
  const seen = !agent.online && agent.last_seen_at ? `, last seen ${fullTime(agent.last_seen_at)}` : "";
  const topics = agent.topics.length ? agent.topics.map(readable).join(", ") : "All topics";
  return [`${here}${seen}`, topics, counted(agent.open_handoffs, "open conversation")].join(" · ");
}
