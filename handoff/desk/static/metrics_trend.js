// The charts of the overview: how many came, how they were helped, how soon people answered, day by day.

import { byId } from "./dom.js";
import { chart } from "./metrics_chart.js";
import { number, percent, span, weekdayAndDay } from "./metrics_words.js";

const TIMES = [1, 10, 60, 600, 3600, 6 * 3600, 86400, 7 * 86400, 90 * 86400]; // seconds; an answer takes one of them or a day, and both matter
const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000];
const SHARES = [0.05, 0.1, 0.2, 0.25, 0.5];
const LEAST_COUNT = 5; // heights of an axis with nothing on it
const LEAST_SHARE = 0.2;

let drawn = [];

/** Draw all charts of an answer; `csv` is the address of their numbers. */
export function showTrend({ trend: { days, series } }, csv) {
  drawn = [
    fill("trend-visits", {
      title: "Visits and handoffs", days, csv, words: number, steps: COUNTS, top: LEAST_COUNT,
      series: [{ label: "Visits", values: series.visits, bars: true }, { label: "Handoffs", values: series.handoffs, bars: true }],
      summary: busiest(days, series.visits),
    }),
    fill("trend-rates", {
      title: "How visits went", days, csv, words: percent, steps: SHARES, top: LEAST_SHARE,
      series: [
        { label: "Answered without a person", values: series.containment },
        { label: "Handed over", values: series.handoff_rate },
        { label: "Not understood", values: series.fallback_rate },
      ],
      summary: halves("Answered without a person", series.containment, series.visits),
    }),
    fill("trend-reply", {
      title: "First reply of a person", days, csv, words: span, axis: shortSpan, ladder: TIMES,
      series: [{ label: "Median of the day", values: series.first_reply_median.map((seconds) => (seconds === null ? null : Math.max(seconds, TIMES[0]))) }],
      summary: slowest(days, series.first_reply_median),
    }),
  ];
}

/** Draw them again in the colours of another theme. */
export function redrawTrend() {
  for (const one of drawn) one.redraw();
}

function fill(id, what) {
  const node = chart(what);
  byId(id).replaceChildren(node);
  return node;
}

function peak(values) {
  return values.reduce((best, value, index) => (value !== null && (best === -1 || value > values[best]) ? index : best), -1);
}

function busiest(days, visits) {
  const most = peak(visits);
  if (most === -1 || !visits[most]) return "Nobody came in these days.";
  const mean = visits.reduce((sum, value) => sum + (value || 0), 0) / visits.length;
  const usual = Math.round(mean) > 1 ? `About ${number(mean)} visits a day` : "About one visit a day, or fewer";
  return `${usual}; the most, ${number(visits[most])}, on ${weekdayAndDay(days[most])}.`;
}

function slowest(days, seconds) {
  const most = peak(seconds);
  if (most === -1) return "No person has answered in these days.";
  return `Slowest on ${weekdayAndDay(days[most])}, with ${span(seconds[most])}.`;
}

// short enough for an axis
const shortSpan = (seconds) => span(seconds).replace(/^(\d+)\u00a0days?$/, (_, days) => `${days} d`);

// the mean share of the first and of the second half, days weighing as many visits as they have; says where a line leads
// that jumps from day to day
function halves(label, shares, visits) {
  const middle = Math.floor(shares.length / 2);
  const [first, second] = [[0, middle], [middle, shares.length]].map(([from, to]) => {
    const days = shares.map((share, index) => [share, visits[index] || 0]).slice(from, to).filter(([share]) => share !== null);
    const weight = days.reduce((sum, [, many]) => sum + many, 0);
    return weight ? days.reduce((sum, [share, many]) => sum + share * many, 0) / weight : null;
  });
  if (first === null || second === null) return "Too few days with visits to see where it leads.";
  return `${label}: first half ${percent(first)}, second half ${percent(second)}.`;
}
