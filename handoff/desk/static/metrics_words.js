// Numbers as one says them: shares, times, scores, and how they differ from those before.

import { counted } from "./words.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOTHING = "\u2013";
const Z_95 = 1.96; // as the API's own intervals
const FEW = 5; // below this a number says nothing about the next days
const WIDE = 0.15; // an interval this wide is worth saying: the share could be many points off
/** From so many on a share is worth a percentage in a sentence, and a typical time is worth a judgement. */
export const ENOUGH = 20;
const SCORE_SPREAD = 1; // by about so much ratings from 1 to 5 differ among themselves (standard deviation)
const ROUND_FROM = 1000; // of money; from here nobody counts cents
const WITH_SECONDS = 10 * MINUTE; // up to here seconds are worth saying

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });
const oneTenth = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const dayAndMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const withWeekday = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
const withYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

const asDate = (day) => new Date(`${day}T00:00:00Z`);

/** "2026-11-24" as "24 Nov", as "Tue, 24 Nov", as "24 November 2026". */
export const shortDay = (day) => dayAndMonth.format(asDate(day));
export const weekdayAndDay = (day) => withWeekday.format(asDate(day));
export const longDay = (day) => withYear.format(asDate(day));

/** Seconds as "45 s", "2 min 15 s", "34 min", "3 h 05 min", "2 days 4 h". */
export function span(seconds) {
  const all = Math.round(seconds);
  if (all < MINUTE) return `${all}\u00a0s`;
  if (all < WITH_SECONDS) return two(Math.floor(all / MINUTE), "min", all % MINUTE, "s");
  if (all < HOUR) return `${Math.round(all / MINUTE)}\u00a0min`;
  if (all < DAY) return two(Math.floor(all / HOUR), "h", Math.floor((all % HOUR) / MINUTE), "min");
  const days = Math.floor(all / DAY);
  return two(days, days === 1 ? "day" : "days", Math.floor((all % DAY) / HOUR), "h");
}

function two(many, big, few, small) {
  return few ? `${many}\u00a0${big} ${few}\u00a0${small}` : `${many}\u00a0${big}`;
}

/** A share of 0 to 1 as "29 %"; small and nearly whole ones with a tenth, so that 0 % and 100 % mean none and all. */
export function percent(share) {
  const points = share * 100;
  const exact = points > 0 && points < 100 && (points < 10 || points > 99);
  return `${(exact ? tenths : whole).format(points)}\u00a0%`;
}

/** A value of a metric with its unit. */
export function valueWords(value, unit, currency) {
  if (value === null || value === undefined) return NOTHING;
  switch (unit) {
    case "share": return percent(value);
    case "seconds": return span(value);
    case "score": return `${oneTenth.format(value)} of 5`;
    case "money": return moneyWords(value, currency);
    default: return whole.format(value);
  }
}

function moneyWords(value, currency) {
  const digits = Math.abs(value) < ROUND_FROM && !Number.isInteger(value) ? 2 : 0;
  return new Intl.NumberFormat("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits, ...(currency && { style: "currency", currency }) }).format(value);
}

// what each metric's population is called; of those not named here the number stands alone
const POPULATIONS = {
  handoff_rate: ["visit"], containment: ["visit with a question", "visits with a question"], honest_containment: ["visit with a question", "visits with a question"],
  first_reply_median: ["first reply", "first replies"], first_reply_p90: ["first reply", "first replies"],
  first_reply_open_median: ["first reply", "first replies"], first_reply_open_p90: ["first reply", "first replies"],
  resolution_median: ["closed handoff"], missed_rate: ["handoff that waited", "handoffs that waited"], abandoned_rate: ["handoff that waited", "handoffs that waited"],
  csat_handoff: ["rating"], csat_assistant: ["rating"], conversion_handoff: ["visit with a person", "visits with a person"],
  conversion_assistant: ["visit without a person", "visits without a person"], conversion_value: ["conversion"],
  repeat_rate: ["visit"], wrong_answer_rate: ["answer"], fallback_rate: ["message"],
};

/** What a number is made from: "118 of 412 visits", "from 96 first replies"; empty for plain counts. */
export function populationWords({ name, unit, numerator, denominator }) {
  if (unit === "count") return "";
  const [one, many] = POPULATIONS[name] || ["case"];
  const number = whole.format(denominator);
  if (unit === "share" && denominator) return `${whole.format(numerator ?? 0)} of ${number} ${denominator === 1 ? one : many || `${one}s`}`;
  return denominator ? `from ${number} ${denominator === 1 ? one : many || `${one}s`}` : `no ${many || `${one}s`} yet`;
}

/** What has to be said of a number with little behind it; else an empty string. */
export function doubtWords({ unit, denominator, low, high }) {
  if (unit === "count" || unit === "money" || !denominator) return "";
  if (denominator < FEW) return `Only ${denominator}: too few to tell.`;
  if (unit === "share" && typeof low === "number" && high - low > WIDE) return `Likely ${Math.round(low * 100)} to ${Math.round(high * 100)}\u00a0%.`;
  return "";
}

/**
 * How a metric differs from the period before.
 * @returns {{words: string, kind: "better"|"worse"|"neutral"|"chance"|"same"|"none", up: boolean|null}} `words` has sign and
 *   judgement in it; `chance`: so small a difference happens by itself
 */
export function changeOf(metric) {
  const { value, unit, better, denominator, before } = metric;
  const was = before?.value;
  if (typeof value !== "number" || typeof was !== "number" || (unit !== "count" && !before.denominator)) return { words: "Nothing to compare with", kind: "none", up: null };
  if (unit !== "count" && unit !== "money" && Math.min(denominator, before.denominator) < FEW) return { words: `Was ${valueWords(was, unit)}, from too few to compare`, kind: "none", up: null };
  if (unit === "count" && !was && value) return { words: "None in the days before", kind: "none", up: null };
  const by = differenceWords(value, was, unit);
  if (!by) return { words: "Same as before", kind: "same", up: null };
  const up = value > was;
  const words = `${up ? "+" : "\u2212"}${by}`;
  if (mayBeChance(metric)) return { words: `${words}, may be chance`, kind: "chance", up };
  if (!better || unit === "money") return { words, kind: "neutral", up };
  const good = up === (better === "higher");
  return { words: `${words}, ${good ? "better" : "worse"}`, kind: good ? "better" : "worse", up };
}

// without sign; empty when nobody would see it in the values as they are shown
function differenceWords(value, was, unit) {
  if (valueWords(value, unit) === valueWords(was, unit)) return "";
  const by = Math.abs(value - was);
  switch (unit) {
    case "share": {
      const points = tenths.format(by * 100);
      return by * 100 >= 1 ? counted(Math.round(by * 100), "point") : `${points === "0" ? "0.1" : points} points`;
    }
    case "seconds": return span(by);
    case "score": return oneTenth.format(Math.max(by, 0.1));
    default: return was ? percent(by / was) : whole.format(by);
  }
}

/**
 * Whether a difference may come from chance alone, at 95 %: shares by Newcombe's method 10, scores by the usual spread of
 * ratings, times by whether there are enough of them.
 */
export function mayBeChance({ value, unit, numerator, denominator, before }) {
  const by = value - before.value;
  switch (unit) {
    case "share": {
      const [low, high] = wilson(numerator, denominator);
      const [lowBefore, highBefore] = wilson(before.numerator, before.denominator);
      return by - Math.hypot(value - low, highBefore - before.value) <= 0 && by + Math.hypot(high - value, before.value - lowBefore) >= 0;
    }
    case "score": return Math.abs(by) <= Z_95 * SCORE_SPREAD * Math.sqrt(1 / denominator + 1 / before.denominator);
    case "seconds": return Math.min(denominator, before.denominator) < ENOUGH;
    default: return false;
  }
}

// Wilson's score interval
function wilson(part, all) {
  const share = part / all;
  const z = Z_95 ** 2;
  const middle = share + z / (2 * all);
  const half = Z_95 * Math.sqrt((share * (1 - share)) / all + z / (4 * all * all));
  return [(middle - half) / (1 + z / all), (middle + half) / (1 + z / all)];
}

/** A whole number with its thousands apart. */
export const number = (value) => whole.format(value);

/** An address as one reads it: the path alone while `host` is the site's own. */
export function pageWords(url, host) {
  try {
    const { host: there, pathname } = new URL(url);
    return there === host ? pathname : there + pathname;
  } catch {
    return url;
  }
}

/** The site that most of the addresses are on; empty when there is none. */
export function commonHost(urls) {
  const counts = new Map();
  for (const url of urls) if (URL.canParse(url)) counts.set(new URL(url).host, (counts.get(new URL(url).host) || 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1])[0]?.[0] || "";
}
