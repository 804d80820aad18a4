// The desk's API. Errors carry a message that can be shown as it is.

const TIMEOUT_MILLISECONDS = 15000; // the server answers in milliseconds; by then the connection is gone

/** An answer that is no success. `status` is 0 when there was no answer at all. */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

let leaving = false; // a second way to the same place would only abort the first

/** Go to the login page and come back here afterwards. */
export function toLogin() {
  if (leaving) return;
  leaving = true;
  const here = location.pathname + location.search;
  location.assign(here.startsWith("/desk/login") ? "/desk/login" : `/desk/login?next=${encodeURIComponent(here)}`);
}

// back from the login page by the browser's button, with this page as it was left
window.addEventListener("pageshow", (event) => {
  if (event.persisted) leaving = false;
});

/**
 * Ask the API.
 * @returns {Promise<Object|null>} the body
 * @throws {ApiError}
 */
export async function request(method, path, body) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRF-Token"] = document.body.dataset.csrf || "";
  let response;
  let answer = null;
  try {
    response = await fetch(`/api${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
    if (response.status !== 204) answer = await response.json();
  } catch {
    if (!response) throw new ApiError(0, "no_answer", "The desk's server cannot be reached right now.");
    throw new ApiError(response.status, "bad_answer", "The desk's server gave an answer that makes no sense. Try again.");
  }
  if (response.ok) return answer;
  const error = answer?.error || { code: "http_error", message: "The desk's server refused. Try again." };
  if (response.status === 401 && path !== "/login") toLogin();
  throw new ApiError(response.status, error.code, error.message);
}
