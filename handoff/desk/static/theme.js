// Puts the chosen theme on the page before anything is painted. A classic script in the head, since a module would come
// after the first picture. theme_choice.js lets agents choose.

(() => {
  const KEY = "desk.theme";

  function apply(theme) {
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme; // as the system has it
  }

  try {
    apply(localStorage.getItem(KEY));
  } catch {
    apply(null); // a browser that keeps nothing
  }
  addEventListener("storage", (event) => { if (event.key === KEY) apply(event.newValue); });
})();
