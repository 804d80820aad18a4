// Times as agents read them: their own time zone, and waiting times that tick.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "long" });
const dayAndMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" });
const dayName = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

export const clockTime = (iso) => clock.format(new Date(iso));
export const fullTime = (iso) => full.format(new Date(iso));

/** 75 becomes "1 min", 4000 becomes "1 h 06 min". */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h ${String(Math.floor((whole % HOUR) / MINUTE)).padStart(2, "0")} min`;
  const days = Math.floor(whole / DAY);
  return days === 1 ? "1 day" : `${days} days`;
}

// local days; rounded, since days on which the clocks change have 23 or 25 hours
function daysApart(from, to) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(to) - midnight(from)) / (DAY * 1000));
}

/** "Today", "Yesterday" or the day's name and date. */
export function dayLabel(iso) {
  const day = new Date(iso);
  const apart = daysApart(day, new Date());
  if (apart === 0) return "Today";
  return apart === 1 ? "Yesterday" : dayName.format(day);
}

/** When a queue opens, short enough for a line of the list: "14:00", "tomorrow 09:00", "Monday 09:00", "3 December". */
export function openingWords(iso) {
  const at = new Date(iso);
  const days = daysApart(new Date(), at);
  if (days <= 0) return clockTime(iso);
  if (days === 1) return `tomorrow ${clockTime(iso)}`;
  return days < 7 ? `${weekday.format(at)} ${clockTime(iso)}` : dayAndMonth.format(at);
}

/** A key that is the same for all moments of one local day. */
export const dayKey = (iso) => new Date(iso).toDateString();

/** The visitor's own time of day, or null when the zone is unknown. */
export function timeIn(timezone) {
  if (!timezone) return null;
  try {
    return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: timezone }).format(new Date());
  } catch {
    return null;
  }
}

/** Seconds since the page was opened by a clock that nobody sets; for waiting times. */
export const ticks = () => performance.now() / 1000;
