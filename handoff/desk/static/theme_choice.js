// The switch between light, dark and what the system has.

import { el } from "./dom.js";
import { keep } from "./kept.js";

const KEY = "desk.theme"; // the same as in theme.js, which reads it before the page is painted
const CHOICES = [["system", "System"], ["light", "Light"], ["dark", "Dark"]];

/** Fill `root` with the switch. */
export function themeChoice(root) {
  const buttons = CHOICES.map(([theme, text]) => el("button", { type: "button", data: { theme }, text, on: { click: () => choose(theme) } }));

  function show() {
    const now = document.documentElement.dataset.theme || "system";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.theme === now));
  }

  function choose(theme) {
    keep(KEY, theme === "system" ? null : theme);
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    show();
  }

  root.append(el("div", { class: "tabs tabs--wide", role: "group", "aria-label": "Theme" }, ...buttons));

  // the page has a switch in the menu and one among the preferences
  new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  show();
}
