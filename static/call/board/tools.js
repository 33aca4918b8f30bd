/** The row of tools above the sheet: which one is in the hand, its colour and its size. */

import { TOOLS } from "./pen.js";

/** @typedef {import("./pen.js").Pen} Pen */

/**
 * @param {HTMLElement} root @param {Pen} pen
 * @param {Record<string, () => void>} acts what the other buttons do, by their `data-board`
 * @returns {() => void} lets go
 */
export function tools(root, pen, acts) {
  const size = /** @type {HTMLSelectElement | null} */ (root.querySelector("[data-board=size]"));
  const draw = () => {
    for (const button of root.querySelectorAll("[data-tool]")) {
      press(button, button.getAttribute("data-tool") === pen.tool);
    }
    for (const button of root.querySelectorAll("[data-colour]")) {
      press(button, Number(button.getAttribute("data-colour")) === pen.colour);
    }
    if (size) size.value = String(pen.width);
  };
  const clicked = (/** @type {Event} */ { target }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    if (!(button instanceof HTMLElement)) return;
    const { tool = "", colour, board = "" } = button.dataset;
    if (TOOLS.includes(tool)) pen.tool = /** @type {import("./pen.js").Tool} */ (tool);
    if (colour !== undefined) pen.colour = Number(colour);
    acts[board]?.();
    draw();
  };
  const chosen = () => {
    pen.width = Number(size?.value);
  };
  root.addEventListener("click", clicked);
  size?.addEventListener("change", chosen);
  draw();
  return () => {
    root.removeEventListener("click", clicked);
    size?.removeEventListener("change", chosen);
  };
}

/** @param {Element} button @param {boolean} isPressed */
function press(button, isPressed) {
  button.setAttribute("aria-pressed", String(isPressed));
}
