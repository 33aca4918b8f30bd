/** The menu on a phone: one button opens it, Escape and a choice close it. */

/** @param {HTMLElement} button */
export function wake(button) {
  const menu = document.getElementById(button.getAttribute("aria-controls") ?? "");
  if (!menu) throw new TypeError("The menu button names no menu.");

  /** @param {boolean} open */
  const set = (open) => {
    button.setAttribute("aria-expanded", String(open));
    menu.classList.toggle("is-open", open);
  };
  button.addEventListener("click", () => set(button.getAttribute("aria-expanded") !== "true"));
  menu.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("a")) set(false);
  });
  const close = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || button.getAttribute("aria-expanded") !== "true") return;
    set(false);
    button.focus();
  };
  document.addEventListener("keydown", close);
  return () => document.removeEventListener("keydown", close);
}
