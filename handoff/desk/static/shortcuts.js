// Single keys for what agents do all day, and the sheet that lists them. They never act while somebody types or a dialog
// is open, and can be switched off, for those who dictate or whose hands slip (WCAG 2.1.4).

import { byId } from "./dom.js";
import { keep, kept } from "./kept.js";

const KEY = "desk.shortcuts";
const SECOND_KEY_MILLISECONDS = 1500; // after "g"
const MAY_REPEAT = new Set(["j", "k"]);
const PAGES = { d: "/desk", r: "/desk/canned", a: "/desk/account", m: "/desk/admin" };
// methods of Conversation, which do what its buttons do and nothing where there is no such button
const ACTIONS = {
  c: "claim", r: "focusReply", n: "noteMode", i: "insertSuggestion", s: "nextSuggestion", t: "transfer", q: "release", b: "handBack", e: "resolve",
};

/** Whether single keys act. */
export const shortcutsOn = () => kept(KEY) !== "off";

/** Switch single keys on or off, here and in the agent's other tabs. */
export function chooseShortcuts(on) {
  keep(KEY, on ? null : "off");
  document.dispatchEvent(new CustomEvent("desk:shortcuts"));
}

/** Bind a checkbox to the choice. */
export function shortcutsCheckbox(input) {
  const show = () => { input.checked = shortcutsOn(); };
  input.addEventListener("change", () => chooseShortcuts(input.checked));
  document.addEventListener("desk:shortcuts", show);
  addEventListener("storage", (event) => { if (event.key === KEY) show(); });
  show();
}

/**
 * Listen for keys.
 * @param {{onMove?: function(number), onSearch?: function(), conversation?: Object}} desk what only the desk itself has
 */
export function startShortcuts({ onMove, onSearch, conversation }) {
  const sheet = byId("shortcuts");
  let gone = 0; // until when a second key after "g" counts

  shortcutsCheckbox(byId("shortcuts-on"));
  byId("help-button").addEventListener("click", () => sheet.showModal());
  byId("shortcuts-close").addEventListener("click", () => sheet.close());
  sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); }); // beside it

  function act(key) {
    if (performance.now() < gone) {
      gone = 0;
      const link = PAGES[key] && document.querySelector(`a[href="${PAGES[key]}"]`); // there only for who may go there
      if (link) location.assign(link.href);
      return Boolean(link);
    }
    if (key === "g") gone = performance.now() + SECOND_KEY_MILLISECONDS;
    else if (key === "?") sheet.showModal();
    else if (key === "/" && onSearch) onSearch();
    else if ((key === "j" || key === "k") && onMove) onMove(key === "j" ? 1 : -1);
    else return Boolean(ACTIONS[key] && conversation?.[ACTIONS[key]]());
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.repeat && !MAY_REPEAT.has(event.key)) return; // a key that is held down resolves nothing
    if (!shortcutsOn() || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (act(event.key)) event.preventDefault();
  });
}

function isTyping(node) {
  if (node.isContentEditable) return true;
  return node.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=range], [type=button])") ?? false;
}
