// Which rows of the list are shown, and in which order.

import { isMine } from "./row.js";

// what each choice of status lets through
const STATUSES = {
  waiting: ["queued"],
  assigned: ["assigned"],
  follow_up: ["follow_up", "missed"],
  scheduled: ["scheduled"],
  resolved: ["resolved"],
  handed_back: ["handed_back"],
  cancelled: ["cancelled"],
};
const OPEN_CHOICES = [["", "Any status"], ["waiting", "Waiting"], ["assigned", "With somebody"], ["follow_up", "Follow up"], ["scheduled", "Scheduled"]];
const CLOSED_CHOICES = [["", "Any status"], ["resolved", "Resolved"], ["handed_back", "Handed back"], ["cancelled", "Cancelled"]];

const created = (row) => Date.parse(row.created_at);
const waited = (row) => row.waiting_seconds ?? -1;
const ORDERS = {
  // longest waiting first; what nobody waits for comes after it, oldest first
  waiting: (one, other) => waited(other) - waited(one) || created(one) - created(other),
  newest: (one, other) => created(other) - created(one),
};

/** [value, words] of the statuses that can be chosen on a tab. */
export const statusChoices = (tab) => (tab === "closed" ? CLOSED_CHOICES : OPEN_CHOICES);

/**
 * Filter and order.
 * @param {Object[]} rows as the API orders them: by urgency, then waiting time; closed ones newest first
 * @param {{tab: string, queue: string, status: string, sort: string}} view
 */
export function arrange(rows, { tab, queue, status, sort }) {
  const left = rows.filter((row) => (tab !== "mine" || isMine(row))
    && (!queue || row.queue === queue) && (!STATUSES[status] || STATUSES[status].includes(row.status)));
  // what is closed has no urgency any more
  return ORDERS[sort] && tab !== "closed" ? left.toSorted(ORDERS[sort]) : left;
}
