"use strict";

// The page works without this; with it the threshold can be moved, tables sorted and pairs looked up.
(() => {
  const MOST_SENTENCES = 40; // listed on each side of a change; more is not read
  const QUIET_MS = 400; // screen readers hear the numbers when the slider has come to rest

  const data = JSON.parse(document.getElementById("data").textContent);
  const find = (id) => document.getElementById(id);
  const percent = (share) => `${(share * 100).toFixed(1)}\u00a0%`;
  const number = (count) => count.toLocaleString("en");
  const decimal = (value) => value.toFixed(3);

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // --- the threshold

  const slider = find("slider");
  const chosen = data.stops[data.chosen];
  let announce = 0;

  function fillBar(id, counts) {
    const bar = find(id);
    const whole = Math.max(1, counts.reduce((sum, count) => sum + count, 0));
    const width = bar.viewBox.baseVal.width;
    let x = 0;
    counts.forEach((count, index) => {
      const part = bar.children[index];
      part.setAttribute("x", x);
      part.setAttribute("width", (width * count) / whole);
      x += (width * count) / whole;
      find(`${id}-${index}`).textContent = number(count);
    });
  }

  function barCounts(id) {
    return [...find(id).children].map((_, index) => Number(find(`${id}-${index}`).textContent.replaceAll(",", "")));
  }

  // what no threshold concerns: taken for off-topic, and recognised as such
  const takenForNone = barCounts("bar-inside")[2];
  const recognised = barCounts("bar-outside")[0];

  function setting(stop) {
    if (stop === chosen) return find("slider-setting").dataset.chosen;
    if (!stop.answered_share) return "Nothing would be answered.";
    return `In config.yml that is about wrong_answers: ${stop.wrong_share.toFixed(3)}`;
  }

  // data.cases is sorted by known score
  function between(low, high) {
    return data.cases.filter(([, , , known]) => known >= low && known < high);
  }

  function listSentences(box, what, change, cases) {
    box.hidden = false;
    box.querySelector("h4").textContent = `${number(cases.length)} ${what}${cases.length === 1 ? "" : "s"} ${change}`;
    box.querySelector("ul").replaceChildren(
      ...cases.slice(0, MOST_SENTENCES).map(([text, label, predicted, known]) => {
        const item = element("li");
        const under = element("span", "direction");
        item.append(element("q", "sentence", text), under);
        under.append("is ", element("span", "label", data.labels[label]));
        if (label !== predicted) under.append(", read as ", element("span", "label", data.labels[predicted]));
        under.append(`, known ${decimal(known)}`);
        return item;
      }),
    );
    const more = cases.length - MOST_SENTENCES;
    box.querySelector("p").textContent = more > 0 ? `and ${number(more)} more` : "";
  }

  function listChanges(stop) {
    const raised = stop.threshold > chosen.threshold;
    const moved = raised ? between(chosen.threshold, stop.threshold) : between(stop.threshold, chosen.threshold);
    if (!raised) moved.reverse(); // those next to the chosen threshold first
    const right = moved.filter(([, label, predicted]) => label === predicted);
    const wrong = moved.filter(([, label, predicted]) => label !== predicted);
    const same = stop === chosen;
    find("changes-none").hidden = !same;
    find("changes-good").hidden = find("changes-bad").hidden = same;
    if (same) return;
    if (raised) {
      listSentences(find("changes-good"), "wrong answer", "avoided", wrong);
      listSentences(find("changes-bad"), "right answer", "lost", right);
    } else {
      listSentences(find("changes-good"), "right answer", "won", right);
      listSentences(find("changes-bad"), "wrong answer", "more", wrong);
    }
  }

  function show() {
    const stop = data.stops[Number(slider.value)];
    const summary =
      `${percent(stop.answered_share)} answered, ${percent(stop.wrong_share)} of the answers wrong, ` +
      `${percent(stop.out_of_scope_share)} of off-topic examples answered`;
    find("slider-value").textContent = decimal(stop.threshold);
    find("slider-setting").textContent = setting(stop);
    find("slider-back").disabled = stop === chosen;
    find("live-answered").textContent = percent(stop.answered_share);
    find("live-wrong").textContent = percent(stop.wrong_share);
    find("live-outside").textContent = percent(stop.out_of_scope_share);
    fillBar("bar-inside", [stop.right, stop.withheld, takenForNone, stop.wrong]);
    fillBar("bar-outside", [recognised, stop.out_of_scope_withheld, stop.out_of_scope_answered]);
    const mark = find("risk-mark");
    mark.setAttribute("cx", stop.place[0]);
    mark.setAttribute("cy", stop.place[1]);
    mark.setAttribute("visibility", stop === chosen || !stop.answered_share ? "hidden" : "visible");
    slider.setAttribute("aria-valuetext", decimal(stop.threshold));
    listChanges(stop);
    clearTimeout(announce);
    announce = setTimeout(() => (find("slider-status").textContent = summary), QUIET_MS);
  }

  function startSlider() {
    find("slider-setting").dataset.chosen = find("slider-setting").textContent;
    slider.addEventListener("input", show);
    find("slider-back").addEventListener("click", () => {
      slider.value = data.chosen;
      show();
      slider.focus(); // the button is of no use now
    });
    slider.value = data.chosen; // browsers keep what was set before a reload
    show();
    clearTimeout(announce); // nobody moved anything yet
    find("no-script").hidden = true;
    find("slider-box").hidden = find("changes").hidden = false;
  }

  // --- sorting

  const valueOf = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent;

  function sortBy(table, heading, column) {
    const descending = heading.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const compare =
      heading.dataset.sort === "number"
        ? (one, two) => Number(valueOf(one, column)) - Number(valueOf(two, column))
        : (one, two) => valueOf(one, column).localeCompare(valueOf(two, column), "en");
    const rows = [...table.tBodies[0].rows].sort(compare);
    table.tBodies[0].append(...(descending ? rows.reverse() : rows));
  }

  function startSorting(table) {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = element("button", "sort", heading.textContent);
      button.type = "button";
      button.addEventListener("click", () => sortBy(table, heading, column));
      heading.replaceChildren(button);
    });
  }

  // --- looking up pairs

  function startFilter() {
    const input = find("pairs-filter");
    if (!input) return;
    const pairs = [...document.querySelectorAll(".pair")];
    const more = find("more-pairs");
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      let shown = 0;
      for (const pair of pairs) {
        pair.hidden = !pair.dataset.labels.toLowerCase().includes(wanted);
        if (!pair.hidden) shown += 1;
      }
      if (more) more.open = wanted !== "";
      find("pairs-status").textContent = wanted ? `${number(shown)} of ${number(pairs.length)} pairs` : "";
    });
    find("pairs-filter-box").hidden = false;
  }

  startSlider();
  document.querySelectorAll("table.sortable").forEach(startSorting);
  startFilter();
})();
