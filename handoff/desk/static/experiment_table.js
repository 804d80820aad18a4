// Every metric of all variants side by side; each difference with its interval as a bar around "no difference".

import { el } from "./dom.js";
import { LEANING, number, range, signed } from "./experiment_words.js";
import { valueWords } from "./metrics_words.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 200;
const HEIGHT = 18;
const WITHOUT = { count: "Follows the share", money: "A few orders decide it" };
const ROOM = 1.12; // of the widest interval, so that no bar touches the edge

/** The numbers of an experiment as a table with what has to be known to read it. */
export function experimentTable({ metrics, variants, status, plan }) {
  // what a plain interval says on the way may be gone tomorrow
  const early = status === "running" && !plan?.complete;
  const first = variants[0].name;
  const caveats = new Set(metrics.map((metric) => metric.caveat).filter(Boolean));
  // roles are given, since on a phone the rows are no table rows any more for the style sheet
  const table = el("table", { class: "compare", role: "table" },
    el("caption", { class: "visually-hidden", text: `Every number by variant, and how it differs from ${first}` }),
    el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, head("Number"), ...variants.map(({ name }) => head(name)), head(variants.length > 1 ? `Difference to ${first}` : "Difference"))),
    el("tbody", { role: "rowgroup" }, ...metrics.map((metric) => row(metric, variants.length, early))));
  return el("div", {}, table, el("div", { class: "help compare__notes" },
    el("p", { text: "The bars and the numbers in brackets are 95\u00a0% intervals: where the true difference lies, as far as chance allows to say. The line in the middle is no difference. Among twenty numbers one strays by chance; only the first one decides." }),
    early && el("p", { text: "While visits are missing, what differs \u201cso far\u201d comes and goes by chance." }),
    caveats.has("selected") && el("p", { text: "\u00b9 Counts only visits with a person, or only those without. Who these are depends on the variant, so such a difference is not the variant's alone." }),
    caveats.has("messages") && el("p", { text: "\u00b2 Counts messages. Those of one visit are alike, so the interval is a little too narrow." })));
}

const head = (words) => el("th", { scope: "col", role: "columnheader", text: words });

function row(metric, variants, early) {
  const mark = { selected: "\u00b9", messages: "\u00b2" }[metric.caveat];
  return el("tr", { role: "row", data: { decides: metric.decides } },
    el("th", { scope: "row", role: "rowheader" }, el("span", { text: metric.label }), mark && el("sup", { text: mark }), metric.decides && el("span", { class: "chip chip--open", text: "decides" })),
    ...metric.sides.map((side) => valueCell(side, metric)),
    el("td", { role: "cell", class: "compare__difference" }, ...differences(metric, variants, early)));
}

function valueCell({ variant, value, denominator }, { unit, currency }) {
  return el("td", { role: "cell", class: "compare__value", data: { variant } },
    el("span", { text: valueWords(value, unit, currency) }),
    unit !== "count" && el("span", { class: "compare__of", text: ` of ${number(denominator)}` }));
}

function differences({ differences: found, unit, sides }, variants, early) {
  if (!found.length) return [el("span", { class: "muted small", text: variants < 2 ? "\u2013" : WITHOUT[unit] || "Too few to tell" })];
  const widest = Math.max(...found.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)])) * ROOM || 1;
  return found.map((one) => el("div", { class: "difference", data: { leaning: one.leaning, early } },
    sides.length > 2 && el("span", { class: "difference__name", text: one.variant }),
    bar(one, widest),
    el("span", { class: "difference__words" },
      el("strong", { text: signed(one.value, unit) }), ` (${range(one.low, one.high, unit)}) `,
      el("span", { class: "difference__means", text: LEANING[one.leaning] + (early && one.leaning !== "unclear" ? " so far" : "") }))));
}

/** The interval as a bar, the difference as a dot on it, no difference as a line; the words beside it say the same. */
function bar({ value, low, high }, widest) {
  const at = (x) => WIDTH / 2 + (x / widest) * (WIDTH / 2);
  return svg("svg", { class: "difference__bar", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("line", { class: "difference__ground", x1: 0, x2: WIDTH, y1: HEIGHT / 2, y2: HEIGHT / 2 }),
    svg("line", { class: "difference__zero", x1: WIDTH / 2, x2: WIDTH / 2, y1: 0, y2: HEIGHT }),
    svg("rect", { class: "difference__interval", x: at(low), width: Math.max(1, at(high) - at(low)), y: HEIGHT / 2 - 4, height: 8, rx: 4 }),
    svg("rect", { class: "difference__dot", x: at(value) - 1.5, width: 3, y: HEIGHT / 2 - 7, height: 14, rx: 1.5 }));
}

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}
