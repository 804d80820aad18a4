// How an experiment is put into words: days, differences, what they lean to.

import { longDay, shortDay, span } from "./metrics_words.js";

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });
const hundredths = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 });
const MINUS = "\u2212";

export const number = (value) => whole.format(value);

/** From one day to another: "9 Nov to 23 November 2026". */
export const days = (first, last) => (first === last ? longDay(first) : `${shortDay(first)} to ${longDay(last)}`);

/** A difference with its sign: "+3.2 points", "−40 s", "+0.2"; one that nobody would see has none. */
export function signed(value, unit) {
  const size = Math.abs(value);
  const words = unit === "share" ? tenths.format(size * 100) : unit === "seconds" ? span(size) : hundredths.format(size);
  const sign = Number.parseFloat(words) === 0 ? "" : value < 0 ? MINUS : "+";
  return unit === "share" ? `${sign}${words}\u00a0points` : sign + words;
}

/** Where the true difference lies: "−0.5 to +6.9". */
export function range(low, high, unit) {
  const bare = (value) => signed(value, unit).replace("\u00a0points", "");
  return `${bare(low)} to ${bare(high)}`;
}

/** What a difference means. */
export const LEANING = { better: "better", worse: "worse", other: "different", unclear: "may be chance" };

const STATUS = { waiting: "Not begun", running: "Running", over: "Over", past: "Taken out" };
export const statusWords = (status) => STATUS[status];

/** A few words above the verdict. */
export const STATE = { nothing: "No numbers yet", early: "Too early to say", clear: "A clear difference", no_difference: "No difference", unsound: "Do not trust this" };

/** `{"triggers.frustration.offer_from": 0.6}` as lines of handoff.yml. */
export const changeWords = (changes) => Object.entries(changes).map(([key, value]) => `${key}: ${typeof value === "object" ? JSON.stringify(value) : value}`);
