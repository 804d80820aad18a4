// The agent's own account: password and preferences.

import { alertChoice } from "./alert_choice.js";
import { ApiError, request } from "./api.js";
import { byId, showNotice } from "./dom.js";
import { startPage } from "./page.js";
import { shortcutsCheckbox } from "./shortcuts.js";
import { themeChoice } from "./theme_choice.js";

const form = byId("password-form");
const current = byId("current");
const fresh = byId("new");
const again = byId("again");
const fields = [current, fresh, again];

/** [field, what is wrong with it], or null. */
function problem() {
  if (!current.value) return [current, "Enter your current password."];
  if (!fresh.value) return [fresh, "Enter the new password."];
  if (fresh.value !== again.value) return [again, "The two new passwords are not the same."];
  return fresh.value === current.value ? [fresh, "The new password is the current one."] : null;
}

function complain(field, message) {
  showNotice(byId("password-error"), message);
  for (const one of fields) {
    if (one === field) one.setAttribute("aria-invalid", "true");
    else one.removeAttribute("aria-invalid");
  }
  field?.focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  showNotice(byId("password-done"), "");
  const wrong = problem();
  complain(...(wrong || [null, ""]));
  if (wrong) return;
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    await request("POST", "/me/password", { current: current.value, new: fresh.value });
    form.reset();
    for (const field of fields) field.type = "password";
    showNotice(byId("password-done"), "Your password is changed. It holds from your next login on.");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    complain(error.code === "wrong_password" ? current : null, error.message);
  } finally {
    button.disabled = false;
  }
});

byId("show").addEventListener("change", (event) => {
  for (const field of fields) field.type = event.target.checked ? "text" : "password";
});

startPage();
themeChoice(byId("preferred-theme"));
alertChoice(byId("preferred-alerts"), "preferred");
shortcutsCheckbox(byId("preferred-shortcuts"));
