// The login form.

import { request } from "./api.js";
import { byId, showNotice } from "./dom.js";

const form = byId("login");
const notice = byId("login-error");

/** Where to go on: a page of the desk, whatever the address says. */
function target() {
  const next = new URLSearchParams(location.search).get("next") || "";
  return /^\/desk(\/handoffs\/[\w-]+|\/account|\/canned|\/admin|\/deliveries|\/metrics|\/review|\/what-if|\/experiments)?(\?[^#]*)?$/.test(next) ? next : "/desk";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  const username = form.elements.username.value.trim();
  const password = form.elements.password.value;
  const missing = !username ? form.elements.username : !password ? form.elements.password : null;
  if (missing) {
    showNotice(notice, missing.name === "username" ? "Enter your username." : "Enter your password.");
    missing.focus();
    return;
  }
  showNotice(notice, "");
  button.disabled = true;
  button.textContent = "Logging in";
  try {
    await request("POST", "/login", { username, password });
    location.replace(target());
  } catch (error) {
    showNotice(notice, error.message);
    button.disabled = false;
    button.textContent = "Log in";
    form.elements.password.select();
  }
});

// Who follows a link from another site may be logged in: the cookie stays behind on such a way, but not from here.
if ("fromElsewhere" in document.body.dataset) {
  const already = await fetch("/api/me", { credentials: "same-origin" }).catch(() => null);
  if (already?.ok) location.replace(target());
}
