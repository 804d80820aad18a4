// One chart of days, drawn by uPlot on a canvas, with what a canvas cannot give: a sentence that sums it up, the numbers
// as a table, and a cursor that arrow keys move and screen readers read.

import { el } from "./dom.js";
import { longDay, shortDay, weekdayAndDay } from "./metrics_words.js";

const HEIGHT = 190;
const LABEL_PIXELS = 74; // between two days' names on the axis
const AXIS_PIXELS = 54; // for the numbers at the left
const MOST_POINTS = 45; // more days than that, and dots on a line only hide it
const BAR_SHARE = 0.72;
const WIDEST_BAR = 34;
const LINE_WIDTH = 2.25;
const DASHES = [[], [7, 4], [2, 3]]; // so that lines differ without colour too
const LOGARITHMIC = 3; // uPlot's number for it
const HEADROOM = 1.12; // above the highest value

/**
 * A chart as an element.
 * @param {{title: string, days: string[], series: {label: string, values: (number|null)[], bars?: boolean}[],
 *   words: function(number): string, axis?: function(number): string, steps?: number[], ladder?: number[], top?: number,
 *   summary: string, csv: string}} what
 *   `words` says a value, `axis` says it shorter; `steps`: whole distances between lines of the axis; `top`: least height of
 *   it; `ladder`: instead of both the lines of a logarithmic axis, for values from seconds to days
 * @returns {HTMLElement} it has a method `redraw()` for another theme
 */
export function chart(what) {
  const canvas = el("div", { class: "chart__canvas" });
  const said = el("p", { class: "chart__said", "aria-hidden": "true" });
  const cursor = el("div", {
    class: "chart__cursor", role: "slider", tabindex: "0", "aria-label": `${what.title}: day`, "aria-valuemin": "1", "aria-valuemax": String(what.days.length),
  }, canvas);
  const node = el("figure", { class: "chart" },
    el("figcaption", {}, el("h3", { text: what.title }), el("p", { class: "chart__sum", text: what.summary }), legend(what.series)),
    cursor, said, asTable(what));
  let plot = null;
  let at = what.days.length - 1;
  let over = false; // a pointer is above it, or keys move the cursor

  function draw() {
    plot?.destroy();
    plot = null;
    const width = canvas.clientWidth;
    if (!width) return; // not on the screen yet; the observer calls again
    plot = new window.uPlot(options(what, width, node, (index) => { at = index; tell(); }), dataOf(what), canvas);
  }

  function tell() {
    cursor.setAttribute("aria-valuenow", String(at + 1));
    cursor.setAttribute("aria-valuetext", dayWords(what, at));
    said.textContent = over ? dayWords(what, at) : "";
  }

  function moveTo(index) {
    at = Math.min(Math.max(index, 0), what.days.length - 1);
    over = true;
    plot?.setCursor({ left: plot.valToPos(at, "x"), top: 0 });
    tell();
  }

  cursor.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, Home: 0, End: what.days.length - 1, PageUp: at + 7, PageDown: at - 7 }[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    moveTo(step);
  });
  cursor.addEventListener("pointermove", () => { over = true; });
  for (const gone of ["pointerleave", "blur"]) {
    cursor.addEventListener(gone, () => {
      over = false;
      plot?.setCursor({ left: -10, top: -10 });
      tell();
    });
  }
  new ResizeObserver(() => {
    if (plot && canvas.clientWidth) plot.setSize({ width: canvas.clientWidth, height: HEIGHT });
    else draw();
  }).observe(canvas);
  tell();
  node.redraw = draw;
  return node;
}

function options({ days, series, words, axis = words, steps, ladder, top = 0 }, width, node, onDay) {
  const colour = (name) => colourOf(node, name);
  const line = colour("--line");
  const muted = colour("--muted");
  const colours = series.map((_, index) => colour(`--series-${index + 1}`));
  const font = `12px ${getComputedStyle(node).fontFamily}`;
  return {
    width,
    height: HEIGHT,
    padding: [8, 22, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 8 } },
    scales: {
      x: { time: false, range: [-0.6, days.length - 0.4] },
      y: ladder
        ? { distr: LOGARITHMIC, range: (plot, low, high) => [ladder.findLast((step) => step < low) || ladder[0], ladder.find((step) => step > high) || ladder.at(-1)] }
        : { range: (plot, low, high) => [0, Math.max((high || 0) * HEADROOM, top)] },
    },
    axes: [
      {
        stroke: muted, font, size: 30, gap: 6, grid: { show: false }, ticks: { show: false },
        splits: (plot) => dayTicks(days.length, plot.bbox.width / devicePixelRatio),
        values: (plot, splits) => splits.map((index) => shortDay(days[index])),
      },
      {
        stroke: muted, font, size: AXIS_PIXELS, gap: 6, grid: { stroke: line, width: 1 }, ticks: { show: false }, space: 28, values: (plot, splits) => splits.map(axis),
        ...(ladder ? { splits: (plot) => ladder.filter((step) => step >= plot.scales.y.min && step <= plot.scales.y.max), filter: (plot, splits) => splits } : { incrs: steps }),
      },
    ],
    series: [{}, ...series.map((one, index) => (one.bars
      ? { label: one.label, stroke: colours[index], fill: colours[index], width: 0, points: { show: false }, paths: window.uPlot.paths.bars({ size: [BAR_SHARE, WIDEST_BAR], radius: 0.12 }) }
      : {
        label: one.label, stroke: colours[index], width: LINE_WIDTH, dash: DASHES[index], spanGaps: false,
        points: { show: days.length <= MOST_POINTS, size: 5, fill: colours[index], stroke: colours[index] },
      }))],
    hooks: { setCursor: [(plot) => { if (typeof plot.cursor.idx === "number" && plot.cursor.left >= 0) onDay(plot.cursor.idx); }] },
  };
}

const dataOf = ({ days, series }) => [days.map((_, index) => index), ...series.map((one) => one.values)];

// a canvas knows no custom properties, and one with light-dark() in it is resolved only where it is used
function colourOf(node, name) {
  const probe = el("span");
  probe.style.color = `var(${name})`;
  node.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function dayTicks(count, pixels) {
  const every = Math.max(1, Math.ceil((count * LABEL_PIXELS) / Math.max(pixels, 1)));
  const ticks = [];
  for (let index = count - 1; index >= 0; index -= every) ticks.unshift(index); // today is always named
  return ticks;
}

function dayWords({ days, series, words }, index) {
  const values = series.map((one) => `${one.label.toLowerCase()} ${one.values[index] === null ? "nothing" : words(one.values[index])}`);
  return `${weekdayAndDay(days[index])}: ${values.join(", ")}`;
}

function legend(series) {
  return el("span", { class: "legend" }, ...series.map((one, index) => (
    el("span", { class: `legend__one legend__one--${index + 1}`, data: { bars: String(Boolean(one.bars)) }, text: one.label }))));
}

function asTable({ title, days, series, words, csv }) {
  return el("details", { class: "chart__table" }, el("summary", { text: "The numbers" }),
    el("div", { class: "scrolls", tabindex: "0", role: "group", "aria-label": `${title}, day by day` },
      el("table", { class: "numbers" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col", text: "Day" }), ...series.map((one) => el("th", { scope: "col", text: one.label })))),
        el("tbody", {}, ...days.map((day, index) => el("tr", {}, el("th", { scope: "row", text: longDay(day) }),
          ...series.map((one) => el("td", { text: one.values[index] === null ? "\u2013" : words(one.values[index]) }))))))),
    el("p", {}, el("a", { href: csv, download: "", text: "As a CSV file" })));
}
