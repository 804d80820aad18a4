// A unified diff as people read it: which lines come and go, without the marks that only programs need.

import { el } from "./dom.js";
import { counted } from "./words.js";

const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)/;
const LOOKS = { "+": ["ins", "added"], "-": ["del", "removed"], " ": ["span", ""] };

/** One file with its lines, to be folded away. */
export function fileDiff({ path, added, removed, diff }) {
  const facts = [added && `${counted(added, "line")} added`, removed && `${counted(removed, "line")} removed`].filter(Boolean).join(", ");
  return el("details", { class: "diff", open: true },
    el("summary", {}, el("code", { text: path }), el("span", { class: "muted small", text: ` ${facts || "nothing changes"}` })),
    el("div", { class: "diff__lines" }, ...lines(diff)));
}

function lines(diff) {
  const rows = [];
  let inside = false; // the header names the file, which is said above
  for (const line of diff.split("\n")) {
    const hunk = HUNK.exec(line);
    if (hunk) {
      inside = true;
      rows.push(["@", `from line ${hunk[1]}`]);
    } else if (inside && LOOKS[line[0]]) {
      rows.push([line[0], line.slice(1)]);
    }
  }
  const partners = pairs(rows);
  return rows.map(([mark, text], place) => (mark === "@" ? el("div", { class: "diff__place muted small", text }) : row(mark, text, rows[partners.get(place)]?.[1])));
}

/** Where a run of lines is replaced by as many others, each belongs to one: what is the same in both is no news. */
function pairs(rows) {
  const found = new Map();
  for (let start = 0; start < rows.length; start += 1) {
    const removed = run(rows, start, "-");
    const added = run(rows, start + removed, "+");
    if (removed && removed === added) {
      for (let step = 0; step < removed; step += 1) found.set(start + step, start + removed + step).set(start + removed + step, start + step);
    }
    start += Math.max(removed + added - 1, 0);
  }
  return found;
}

function run(rows, start, mark) {
  let length = 0;
  while (rows[start + length]?.[0] === mark) length += 1;
  return length;
}

function row(mark, text, partner) {
  const [tag, word] = LOOKS[mark];
  return el("div", { class: `diff__line${word ? ` diff__line--${word}` : ""}` },
    el("span", { class: "diff__mark", "aria-hidden": "true", text: mark }),
    word && el("span", { class: "visually-hidden", text: `${word}: ` }),
    el(tag, {}, ...(partner === undefined ? [text || "\u00a0"] : withNews(text, partner))));
}

/** The text with what its partner has not marked: all between the beginning and the end that both share. */
function withNews(text, partner) {
  const most = Math.min(text.length, partner.length);
  let head = 0;
  while (head < most && text[head] === partner[head]) head += 1;
  let tail = 0;
  while (tail < most - head && text.at(-1 - tail) === partner.at(-1 - tail)) tail += 1;
  const middle = text.slice(head, text.length - tail);
  return [text.slice(0, head), middle && el("mark", { text: middle }), text.slice(text.length - tail)].filter(Boolean);
}
