// The administration page: agents and queues, as they are now.

import { AdminAgents } from "./admin_agents.js";
import { ApiError, request } from "./api.js";
import { isElsewhere } from "./delivery_words.js";
import { byId, el, showNotice } from "./dom.js";
import { announce } from "./header.js";
import { momentWords } from "./moments.js";
import { startPage } from "./page.js";
import { counted, readable } from "./words.js";

const agents = new AdminAgents({ onChanged: load, announce });

async function load() {
  try {
    const [accounts, queues] = await Promise.all([request("GET", "/admin/agents"), request("GET", "/queues")]);
    agents.show(accounts.agents);
    showQueues(queues.queues);
    showNotice(byId("page-error"), "");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showNotice(byId("page-error"), error.message);
  }
}

function showQueues(queues) {
  byId("queues").setAttribute("aria-busy", "false");
  byId("queues").replaceChildren(...queues.map((queue) => el("li", { class: "item" },
    el("div", { class: "item__head" }, el("h3", { class: "item__title", text: readable(queue.name) }),
      el("span", { class: queue.open ? "chip chip--open" : "chip", text: queue.open ? "Open" : "Closed" })),
    el("p", { class: "item__facts", text: hours(queue) }),
    el("dl", { class: "facts facts--small" },
      fact("Waiting", String(queue.waiting)), isElsewhere(queue) ? fact("Served by", queue.connector) : fact("Online", queue.agents_online ? counted(queue.agents_online, "agent") : "Nobody"),
      fact("Team", queue.team), fact("Topics", queue.topics.map(readable).join(", "))))));
}

function fact(name, value) {
  return el("div", {}, el("dt", { text: name }), el("dd", { text: value }));
}

function hours({ open, opens_at: opens, closes_at: closes, closed_because: why }) {
  if (open) return closes ? `Closes ${momentWords(closes)}` : "Always open";
  const reason = why ? ` (${why})` : "";
  return opens ? `Opens ${momentWords(opens)}${reason}` : `No opening is planned${reason}`;
}

startPage({ onPresence: load, onQueue: load });
load();
