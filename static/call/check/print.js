/** A button that prints the page. */

/** @param {HTMLElement} button */
export function wake(button) {
  button.addEventListener("click", () => print());
}
