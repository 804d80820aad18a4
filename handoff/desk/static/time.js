// Times as agents read them: their own time zone, and waiting times that tick.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
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

/** "Today", "Yesterday" or the day's name and date. */
export function dayLabel(iso) {
  const day = new Date(iso);
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const apart = Math.round((midnight(new Date()) - midnight(day)) / (DAY * 1000));
  if (apart === 0) return "Today";
  return apart === 1 ? "Yesterday" : dayName.format(day);
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
