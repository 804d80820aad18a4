// The page of deliveries: how each live chat is, what waits, and what was given up.

import { ApiError, request } from "./api.js";
import { connectorCard, ownCard, tickAll } from "./delivery_cards.js";
import { DeadLetters } from "./dead_letters.js";
import { byId, el, showNotice } from "./dom.js";
import { announce } from "./header.js";
import { startPage } from "./page.js";

const POLL_MILLISECONDS = 10000; // that a live chat is in trouble is no event of a handoff, so nothing tells of it
const TICK_MILLISECONDS = 1000;
const ATTEMPT_MILLISECONDS = 1500; // most attempts have ended by then

const dead = new DeadLetters({
  announce,
  onChanged: async () => {
    await load();
    setTimeout(load, ATTEMPT_MILLISECONDS);
  },
});

async function load() {
  try {
    show(await request("GET", "/admin/deliveries"));
    showNotice(byId("page-error"), "");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showNotice(byId("page-error"), `${error.message} What you see may be old.`);
  }
}

function show({ connectors, own, dead_letters: letters, dead_letters_total: total }) {
  dead.show(letters, total);
  fill("connectors", connectors.map(connectorCard), "There is no other live chat: every handoff comes to this desk.");
  fill("own", own.map(ownCard), "");
}

function fill(id, cards, empty) {
  byId(id).setAttribute("aria-busy", "false");
  byId(id).replaceChildren(...(cards.length ? cards : [el("li", { class: "items__well muted", text: empty })]));
}

startPage({ onQueue: load });
load();
setInterval(() => { if (!document.hidden) load(); }, POLL_MILLISECONDS);
setInterval(tickAll, TICK_MILLISECONDS);
document.addEventListener("visibilitychange", () => { if (!document.hidden) load(); });
