// The controls for sound and notices: in the header of every page, and among the preferences.

import { el } from "./dom.js";
import { chooseNotices, noticeState } from "./notify.js";
import { chooseSound, mayPlay, onSoundChoice, play, soundChoice } from "./sound.js";

const NOTICE_HELP = {
  on: "You are told of new work while you look at something else.",
  off: "The browser asks you once whether it may.",
  blocked: "The browser blocks notifications from this site. Allow them in its settings for this address.",
  impossible: "This browser cannot, or the desk is not served over https.",
};

/** Fill `root` with the controls; `prefix` keeps their ids apart. */
export function alertChoice(root, prefix) {
  const on = el("input", { type: "checkbox", id: `${prefix}-sound` });
  const volume = el("input", { type: "range", id: `${prefix}-volume`, min: 5, max: 100, step: 5 });
  const attempt = el("button", { type: "button", class: "button button--small", text: "Try it" });
  const soundHelp = el("p", { class: "help" });
  const notices = el("input", { type: "checkbox", id: `${prefix}-notices`, "aria-describedby": `${prefix}-notices-help` });
  const noticeHelp = el("p", { class: "help", id: `${prefix}-notices-help` });

  function show() {
    const sound = soundChoice();
    on.checked = sound.on;
    volume.value = Math.round(sound.volume * 100);
    soundHelp.textContent = sound.on && !mayPlay() ? "The browser plays it after your first click on this page." : "";
    soundHelp.hidden = !soundHelp.textContent;
    const state = noticeState();
    notices.checked = state === "on";
    notices.disabled = state === "blocked" || state === "impossible";
    noticeHelp.textContent = NOTICE_HELP[state];
  }

  on.addEventListener("change", () => {
    chooseSound({ on: on.checked });
    if (on.checked) play("work", { always: true }); // so that the agent knows what to listen for
  });
  volume.addEventListener("change", () => {
    chooseSound({ volume: volume.valueAsNumber / 100 });
    play("work", { always: true });
  });
  attempt.addEventListener("click", () => play("work", { always: true }));
  notices.addEventListener("change", async () => {
    await chooseNotices(notices.checked);
    show();
  });
  onSoundChoice(show);
  root.append(
    el("label", { class: "check", for: on.id }, on, "Sound for new work"),
    el("div", { class: "volume" }, el("label", { for: volume.id, text: "Volume" }), volume, attempt), soundHelp,
    el("label", { class: "check", for: notices.id }, notices, "Browser notifications"), noticeHelp,
  );
  show();
}
