// Moments to come, as one says them: "today at 14:00", "tomorrow at 09:00", "on Monday 30 November at 09:00".

import { clockTime } from "./time.js";

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const dayName = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());

/** In the agent's own time zone, like every time on the desk. */
export function momentWords(iso, now = new Date()) {
  const moment = new Date(iso);
  // rounded, since days on which the clocks change have 23 or 25 hours
  const days = Math.round((midnight(moment) - midnight(now)) / DAY_MILLISECONDS);
  const day = { 0: "today", 1: "tomorrow" }[days] || `on ${dayName.format(moment)}`;
  return `${day} at ${clockTime(iso)}`;
}
