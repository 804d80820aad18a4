// A short sound when somebody needs a person. It is made here, so there is no file to load, and it is silent until the
// agent switches it on; browsers play nothing before the first click or key on a page.

import { keep, kept } from "./kept.js";

const KEY = "desk.sound";
const SOUNDED = "desk.sounded";
const QUIETEST = 0.05;
const FIRST_VOLUME = 0.5;
const APART_MILLISECONDS = 1500; // several at once, or the same in several tabs, are one sound
const TONE_SECONDS = 0.16;
const FADE_IN_SECONDS = 0.012; // a sudden start clicks
const TONES = { work: [587.33, 880], message: [698.46] }; // hertz: D5 then A5; F5

let context = null;

/** {on, volume}: what the agent chose; volume from 0 to 1. */
export function soundChoice() {
  try {
    const { on, volume } = JSON.parse(kept(KEY) || "{}");
    return { on: on === true, volume: Number.isFinite(volume) ? Math.min(Math.max(volume, QUIETEST), 1) : FIRST_VOLUME };
  } catch {
    return { on: false, volume: FIRST_VOLUME };
  }
}

/** Keep what the agent chose. */
export function chooseSound(choice) {
  keep(KEY, JSON.stringify({ ...soundChoice(), ...choice }));
  document.dispatchEvent(new CustomEvent("desk:sound"));
}

/** Call `listener` when the choice changes, here or in another tab. */
export function onSoundChoice(listener) {
  document.addEventListener("desk:sound", listener);
  addEventListener("storage", (event) => { if (event.key === KEY) listener(); });
}

/** Whether the browser lets this page make sounds already. */
export const mayPlay = () => navigator.userActivation?.hasBeenActive ?? true;

/**
 * Play the sound of `kind` ("work" or "message"), unless the agent wants none or the browser allows none yet.
 * @param {{always?: boolean}} [options] always: also when switched off, to try it
 */
export async function play(kind, { always = false } = {}) {
  const { on, volume } = soundChoice();
  if ((!on && !always) || !mayPlay()) return;
  const now = Date.now();
  if (!always && now - Number(kept(SOUNDED) || 0) < APART_MILLISECONDS) return;
  keep(SOUNDED, String(now));
  context ??= new AudioContext();
  if (context.state !== "running") await context.resume();
  TONES[kind].forEach((pitch, index) => tone(pitch, context.currentTime + index * TONE_SECONDS, volume));
}

function tone(pitch, start, volume) {
  const source = context.createOscillator();
  const loudness = context.createGain();
  source.type = "sine";
  source.frequency.value = pitch;
  loudness.gain.setValueAtTime(0, start);
  // loudness is heard as the square of the gain, about
  loudness.gain.linearRampToValueAtTime(volume ** 2, start + FADE_IN_SECONDS);
  loudness.gain.exponentialRampToValueAtTime(0.0001, start + 2 * TONE_SECONDS);
  source.connect(loudness).connect(context.destination);
  source.start(start);
  source.stop(start + 2 * TONE_SECONDS);
}
