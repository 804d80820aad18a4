// What the page of metrics shows stands in its address, so that a view can be sent to a colleague and Back goes back.

export const FILTERS = ["topic", "queue", "trigger", "page", "variant"];
export const PRESETS = [7, 30, 90];
export const USUAL_DAYS = 30; // the same as the API's own

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

/**
 * Read the address; what makes no sense in it counts as not said.
 * @returns {{days: number|null, from: string|null, to: string|null, filters: Object, metric: string|null, visit: string|null}}
 *   either `days` up to today, or `from` and `to`
 */
export function readAddress(search = location.search) {
  const said = new URLSearchParams(search);
  const [from, to] = [said.get("from"), said.get("to")];
  const own = DAY.test(from) && DAY.test(to);
  const days = Number(said.get("days"));
  return {
    days: own ? null : PRESETS.includes(days) ? days : USUAL_DAYS,
    from: own ? from : null,
    to: own ? to : null,
    filters: Object.fromEntries(FILTERS.map((name) => [name, said.get(name)]).filter(([, value]) => value)),
    metric: /^[a-z_0-9]+$/.test(said.get("metric")) ? said.get("metric") : null,
    visit: /^\d+$/.test(said.get("visit")) ? said.get("visit") : null,
  };
}

/** The address of a view, without what is usual. Of other pages that read such addresses: their `path`, `more` parameters. */
export function addressOf({ days, from, to, filters, metric, visit }, { path = location.pathname, more = {} } = {}) {
  const said = new URLSearchParams(more);
  if (days === null) {
    said.set("from", from);
    said.set("to", to);
  } else if (days !== USUAL_DAYS) said.set("days", String(days));
  for (const name of FILTERS) if (filters[name]) said.set(name, filters[name]);
  if (metric) said.set("metric", metric);
  if (visit) said.set("visit", visit);
  return said.size ? `${path}?${said}` : path;
}

/** What the API is asked for a view: its days and filters, with `more` parameters. */
export function queryOf(view, timezone, more = {}) {
  const { from, to } = daysOf(view, timezone);
  return String(new URLSearchParams({ from, to, ...view.filters, ...more }));
}

/** The first and the last day of a view, both counted. */
export function daysOf({ days, from, to }, timezone) {
  if (days === null) return { from, to };
  const today = todayIn(timezone);
  return { from: shifted(today, 1 - days), to: today };
}

/** Today where the team is, as "2026-11-24". */
export function todayIn(timezone) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: timezone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date());
}

// calendar days, so no clock that changes in between moves them
function shifted(day, by) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY_MILLISECONDS).toISOString().slice(0, 10);
}
