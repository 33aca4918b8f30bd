/** Switches the single keys off, for those whose speech or switch device would press them (WCAG 2.1.4). */

/** @param {HTMLInputElement} box */
export function wake(box) {
  const root = document.documentElement;
  box.checked = root.dataset.shortcuts !== "off";
  box.addEventListener("change", () => {
    root.dataset.shortcuts = box.checked ? "on" : "off";
  });
}
