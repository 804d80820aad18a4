// What an agent prefers, kept by this browser. A browser that keeps nothing works all the same, until the page is left.

const forgotten = new Map();

/** The text kept under `key`, or null. */
export function kept(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return forgotten.get(key) ?? null;
  }
}

/** Keep `text` under `key`; null forgets it. */
export function keep(key, text) {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    forgotten.set(key, text);
  }
}
