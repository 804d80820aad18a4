// What every page of the desk has at its top: menus, theme, sound, presence, shortcuts, logging out.

import { alertChoice } from "./alert_choice.js";
import { ApiError, request } from "./api.js";
import { disclosure } from "./disclosure.js";
import { byId, showNotice } from "./dom.js";
import { forgetAll } from "./outbox.js";
import { Presence } from "./presence.js";
import { onSoundChoice, soundChoice } from "./sound.js";
import { themeChoice } from "./theme_choice.js";

/** Say something to screen readers. */
export function announce(text) {
  byId("announcer").textContent = text;
}

/** Show whether the desk hears of changes: "live" or "reconnecting". */
export function showLive(state) {
  const badge = byId("live");
  badge.dataset.state = state;
  badge.textContent = state === "live" ? "Live" : "Reconnecting";
}

/** Bring the header to life. @returns {Presence} */
export function startHeader() {
  disclosure(byId("alerts-button"));
  const menu = disclosure(byId("me-button"));
  alertChoice(byId("alerts"), "alerts");
  themeChoice(byId("theme"));
  byId("help-button").addEventListener("click", () => menu.close());
  showSound();
  onSoundChoice(showSound);
  byId("logout").addEventListener("click", logOut);
  return new Presence();
}

function showSound() {
  byId("alerts-button").dataset.on = String(soundChoice().on);
}

async function logOut() {
  try {
    await request("POST", "/logout");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showNotice(byId("logout-error"), `You are still logged in. ${error.message}`);
    return;
  }
  forgetAll();
  location.assign("/desk/login");
}
