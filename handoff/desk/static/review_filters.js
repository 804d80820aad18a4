// Which days and which kind of message are looked at. It stands in the address, so that a view can be sent to a colleague.

import { byId } from "./dom.js";
import { daysOf, readAddress, USUAL_DAYS } from "./metrics_address.js";

const OWN = "own"; // the choice of days that are not "the last so many"
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What the address says of something, or null. */
export const said = (name) => new URLSearchParams(location.search).get(name);

/** This address with other values; empty ones are left out. */
export function addressWith(values) {
  const params = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value) params.set(name, value);
    else params.delete(name);
  }
  return params.size ? `${location.pathname}?${params}` : location.pathname;
}

/** What the API is asked for; the usual days are its own choice, in the team's time zone. */
export function query() {
  const view = readAddress();
  const params = new URLSearchParams(view.days === USUAL_DAYS ? {} : daysOf(view, zone));
  if (said("kind")) params.set("kind", said("kind"));
  return params;
}

/** Show in the fields what the address says. */
export function showFilters() {
  const { days, from, to } = readAddress();
  byId("days").value = days === null ? OWN : String(days);
  byId("own-days").hidden = days !== null;
  if (days === null) setDays(from, to);
  byId("kind").value = said("kind") || "";
}

/** Let the fields change the address: `go(values)` does. */
export function startFilters(go) {
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("change", () => {
    const days = byId("days").value;
    const own = days === OWN;
    if (own && !byId("from").value) {
      const { from, to } = daysOf(readAddress(), zone);
      setDays(from, to);
    }
    const [from, to] = [byId("from").value, byId("to").value];
    byId("own-days").hidden = !own;
    if (own && !(from && to && from <= to)) return; // being typed
    go({
      days: own || days === String(USUAL_DAYS) ? null : days,
      from: own ? from : null,
      to: own ? to : null,
      kind: byId("kind").value,
      message: null,
    });
  });
}

function setDays(from, to) {
  byId("from").value = from;
  byId("to").value = to;
}
