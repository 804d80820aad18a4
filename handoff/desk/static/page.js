// A page of the desk beside the desk itself. It stays connected, so that whoever writes a canned reply still counts as
// online and hears of new work.

import { ApiError, request } from "./api.js";
import { announce, showLive, startHeader } from "./header.js";
import { listen } from "./live.js";
import { NewWork } from "./new_work.js";
import { startShortcuts } from "./shortcuts.js";

/** Start header, shortcuts and live updates; `onPresence` is called when an agent comes, goes or changes. */
export function startPage({ onPresence, onQueue } = {}) {
  const presence = startHeader();
  const work = new NewWork({ announce, onOpen: (id) => location.assign(`/desk/handoffs/${encodeURIComponent(id)}`) });
  startShortcuts({});
  listen({
    onQueue: async () => {
      try {
        work.look((await request("GET", "/handoffs?status=open")).handoffs);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error; // the badge says that the desk is not live; the next change brings it
      }
      onQueue?.();
    },
    onPresence: () => {
      presence.refresh();
      onPresence?.();
    },
    onState: showLive,
  });
}
