// The page "What if": asks the API what other values would have changed. Nothing is written.

import { ApiError, request } from "./api.js";
import { byId, showNotice } from "./dom.js";
import { startPage } from "./page.js";
import { showAnswer } from "./what_if_answer.js";
import { Question } from "./what_if_question.js";

let question = null;
let asked = 0; // answers to an older question are not shown

async function open() {
  try {
    question = new Question(await request("GET", "/what-if/settings"), onChanged);
    byId("question").setAttribute("aria-busy", "false");
    showNotice(byId("page-error"), "");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showNotice(byId("page-error"), `${error.message} Reload the page to try again.`);
  }
}

function onChanged() {
  byId("back").hidden = !question.changed();
  showNotice(byId("form-error"), "");
}

async function ask() {
  if (!question) return;
  if (!question.changed()) {
    showNotice(byId("form-error"), "Nothing is changed yet. Change a value first.");
    return;
  }
  const mine = ++asked;
  byId("answer").setAttribute("aria-busy", "true");
  byId("ask").setAttribute("aria-disabled", "true");
  byId("status").textContent = "Replaying the visits";
  showNotice(byId("form-error"), "");
  try {
    const answer = await request("POST", "/what-if", question.asBody());
    if (mine !== asked) return;
    byId("nothing").hidden = true;
    byId("result").hidden = false;
    showAnswer(answer);
    byId("answer-title").focus();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (mine !== asked) return;
    byId("status").textContent = "";
    showNotice(byId("form-error"), error.message);
  } finally {
    if (mine === asked) {
      byId("answer").setAttribute("aria-busy", "false");
      byId("ask").removeAttribute("aria-disabled");
    }
  }
}

byId("question").addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
byId("back").addEventListener("click", () => {
  question.reset();
  byId("ask").focus();
});
startPage();
open();
