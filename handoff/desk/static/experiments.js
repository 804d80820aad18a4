// The page of experiments: what runs in numbers, what ran, and how to start one.

import { ApiError, request } from "./api.js";
import { byId, copyText, el, showNotice } from "./dom.js";
import { experimentView } from "./experiment_view.js";
import { days } from "./experiment_words.js";
import { announce } from "./header.js";
import { startPage } from "./page.js";

const COPIED_MILLISECONDS = 2000;

async function load() {
  try {
    const { current, past } = await request("GET", "/experiments");
    byId("current").replaceChildren(current ? experimentView(current) : nothing());
    byId("past").replaceChildren(...past.map(pastPart));
    byId("past-part").hidden = !past.length;
    showNotice(byId("page-error"), "");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    byId("current").replaceChildren();
    showNotice(byId("page-error"), error.message);
  }
  byId("current").setAttribute("aria-busy", "false");
}

function nothing() {
  return el("div", { class: "items__well none" },
    el("h2", { text: "Nothing is being tried out" }),
    el("p", { class: "muted", text: "Would visitors be happier if a person were offered earlier? Do they find the answer with other words? Let two ways run side by side, and see." }),
    el("p", {}, el("a", { href: "#start-title", text: "How to start an experiment" })));
}

/** An experiment of the past, counted when somebody opens it. */
function pastPart({ name, first_day: first, last_day: last, variants }) {
  const inside = el("div", { class: "past__inside" }, el("p", { class: "muted", role: "status", text: "Counting" }));
  const part = el("details", { class: "past__one" },
    el("summary", {}, el("strong", { text: name }), el("span", { class: "muted", text: ` ${days(first, last)}, ${variants.join(" and ")}` })), inside);
  part.addEventListener("toggle", async () => {
    if (!part.open || part.dataset.asked) return;
    part.dataset.asked = "true";
    try {
      inside.replaceChildren(experimentView(await request("GET", `/experiments/${encodeURIComponent(name)}`)));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      delete part.dataset.asked; // closing and opening it asks again
      inside.replaceChildren(el("p", { class: "notice notice--error", role: "alert", text: error.message }));
    }
  });
  return part;
}

function copies(button) {
  const words = button.textContent;
  button.addEventListener("click", async () => {
    const copied = await copyText(byId(button.dataset.copy).textContent);
    button.textContent = copied ? "Copied" : "Could not copy";
    announce(button.textContent);
    setTimeout(() => { button.textContent = words; }, COPIED_MILLISECONDS);
  });
}

startPage();
document.querySelectorAll("[data-copy]").forEach(copies);
load();
