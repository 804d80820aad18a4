// Canned replies: fetched when they are first needed, kept for a while, filtered by what was typed.

import { request } from "./api.js";

const KEPT_MILLISECONDS = 30000; // a colleague's new reply is there half a minute later

let kept = null;
let keptAt = -Infinity;

/**
 * Those that fit a queue, by their shortcut.
 * @param {string} queue
 * @returns {Promise<Object[]>} each {id, shortcut, title, text, queue}
 * @throws {ApiError}
 */
export async function cannedReplies(queue) {
  if (!kept || performance.now() - keptAt > KEPT_MILLISECONDS) {
    kept = (await request("GET", "/canned")).canned;
    keptAt = performance.now();
  }
  return kept.filter((reply) => !reply.queue || reply.queue === queue);
}

/** Those that match what was typed, best first: by shortcut, then by title, then by their words. */
export function matching(replies, typed) {
  const query = typed.trim().toLowerCase();
  if (!query) return replies;
  const rank = (reply) => {
    const [shortcut, title, text] = [reply.shortcut, reply.title, reply.text].map((part) => part.toLowerCase());
    if (shortcut === query) return 0;
    if (shortcut.startsWith(query)) return 1;
    if (title.startsWith(query) || title.includes(` ${query}`)) return 2;
    return shortcut.includes(query) || title.includes(query) || text.includes(query) ? 3 : null;
  };
  return replies
    .map((reply) => [rank(reply), reply])
    .filter(([place]) => place !== null)
    .sort(([one], [other]) => one - other)
    .map(([, reply]) => reply);
}
