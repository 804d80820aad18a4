// A button that opens a small panel below it. Escape, a click elsewhere and leaving with the Tab key close it.

/**
 * Let `button` open and close the element that its aria-controls names.
 * @param {HTMLElement} button
 * @param {{onOpen?: function()}} [handlers]
 * @returns {{close: function()}}
 */
export function disclosure(button, { onOpen } = {}) {
  const panel = document.getElementById(button.getAttribute("aria-controls"));
  const around = button.parentElement;

  function show(open) {
    button.setAttribute("aria-expanded", String(open));
    panel.hidden = !open;
    if (open) onOpen?.();
  }

  button.addEventListener("click", () => show(panel.hidden));
  around.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    event.preventDefault(); // Escape does one thing at a time
    show(false);
    button.focus();
  });
  around.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !around.contains(event.relatedTarget)) show(false);
  });
  document.addEventListener("pointerdown", (event) => {
    if (!panel.hidden && !around.contains(event.target)) show(false);
  });
  return { close: () => show(false) };
}
