// Notices of the system for new work, while the desk is not in view. The browser is asked only after a click.

import { keep, kept } from "./kept.js";

const KEY = "desk.notify";
const TAG = "handoff-desk"; // a newer notice takes the place of the one before

/** "on", "off", "blocked" (by the browser) or "impossible" (not known to this browser, or the desk is not on https). */
export function noticeState() {
  if (!("Notification" in window) || !window.isSecureContext) return "impossible";
  if (Notification.permission === "denied") return "blocked";
  return Notification.permission === "granted" && kept(KEY) === "on" ? "on" : "off";
}

/** Switch notices on or off; call it from a click, since the browser may ask. Resolves to the state afterwards. */
export async function chooseNotices(on) {
  if (on && noticeState() === "off" && Notification.permission !== "granted") await Notification.requestPermission();
  keep(KEY, on ? "on" : null);
  return noticeState();
}

/** Tell `title` and `body`, unless the agent looks at the desk; a click on it calls `onOpen`. */
export function notice(title, body, onOpen) {
  if (noticeState() !== "on" || document.hasFocus()) return;
  let shown;
  try {
    shown = new Notification(title, { body, tag: TAG, icon: "/desk/static/icon.svg" });
  } catch {
    return; // browsers on phones know the name and allow it for service workers only
  }
  shown.addEventListener("click", () => {
    window.focus();
    shown.close();
    onOpen?.();
  });
}
