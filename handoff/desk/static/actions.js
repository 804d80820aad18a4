// The buttons of a conversation: which ones it has now, and what they are called.

import { canClaim, hasMine } from "./situation.js";
import { el } from "./dom.js";

// method of Conversation -> words and looks; `action` is what the API calls it
const BUTTONS = {
  claim: { action: "claim", text: "Claim", look: "button--primary" },
  transfer: { action: "transfer", text: "Transfer", help: "To another queue or to a colleague. The visitor is told." },
  release: { action: "release", text: "Back to queue", help: "Somebody else can take it. The visitor is told." },
  handBack: { action: "hand_back", text: "Hand back", more: " to assistant", help: "Not settled by you, but the assistant can go on. The visitor is told." },
  resolve: { action: "resolve", text: "Resolve", look: "button--strong", help: "The matter is settled. The visitor is told; the assistant answers the next question." },
};

/** The names of the buttons that a handoff has now, in their order. */
export function actionsFor(handoff) {
  if (hasMine(handoff)) return ["transfer", "release", "handBack", "resolve"];
  return canClaim(handoff) ? ["claim", "transfer"] : [];
}

/** The buttons of a handoff; `run(name)` is called when one is pressed. */
export function actionButtons(names, run) {
  return names.map((name) => {
    const { action, text, more, look, help } = BUTTONS[name];
    return el("button", { type: "button", class: `button ${look || ""}`, title: help, data: { action }, on: { click: () => run(name) } },
      text, more && el("span", { class: "unless-narrow", text: more }));
  });
}
