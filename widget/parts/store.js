/** What the widget remembers in the browser, shared by all tabs of one visitor. */

/** Run `work` in one tab at a time (where the browser can do that). */
export function exclusive(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}

/** localStorage with a prefix; in memory where the browser refuses it (private windows, blocked cookies, full). */
export class Store {
  constructor(prefix) {
    this.prefix = prefix;
    this.memory = new Map();
    try {
      this.area = window.localStorage;
      this.area.getItem(prefix);
    } catch {
      this.area = null;
    }
  }

  /** The value, or null. */
  get(key) {
    const text = this.memory.get(key) ?? this.area?.getItem(this.prefix + key) ?? null;
    try {
      return text === null ? null : JSON.parse(text);
    } catch {
      return null; // not written by this widget: as good as absent
    }
  }

  set(key, value) {
    const text = JSON.stringify(value);
    try {
      if (!this.area) throw new Error('no storage');
      this.area.setItem(this.prefix + key, text);
      this.memory.delete(key);
    } catch {
      this.memory.set(key, text);
    }
  }

  remove(key) {
    this.memory.delete(key);
    this.area?.removeItem(this.prefix + key);
  }

  /** Keys that begin with `start`, ascending. */
  keys(start) {
    const stored = this.area ? Object.keys(this.area) : [];
    const own = stored.filter((key) => key.startsWith(this.prefix)).map((key) => key.slice(this.prefix.length));
    return [...new Set([...own, ...this.memory.keys()])].filter((key) => key.startsWith(start)).sort();
  }
}

/** What this tab alone remembers from page to page. */
export const tab = {
  get(key) {
    try {
      return sessionStorage.getItem(`handoff-chat:${key}`);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      if (value) sessionStorage.setItem(`handoff-chat:${key}`, value);
      else sessionStorage.removeItem(`handoff-chat:${key}`);
    } catch {
      // without storage the next page starts closed: an inconvenience, not a failure
    }
  },
};
