/** Shows the questions that the answers so far bring up, and no others; the server decides alike. */

import { announce } from "../../notices.js";

/** @param {HTMLFormElement} form */
export function wake(form) {
  const rows = /** @type {HTMLElement[]} */ ([...form.querySelectorAll("[data-question]")]);
  for (const words of form.querySelectorAll("[data-part=when]")) words.remove();
  settle(form, rows);
  form.addEventListener("change", () => {
    const fresh = settle(form, rows);
    if (fresh.length) announce((form.dataset.textMore ?? "").replace("{question}", fresh[0]));
  });
}

/**
 * Hide and show; return the words of the questions that appeared.
 * @param {HTMLFormElement} form @param {HTMLElement[]} rows
 */
function settle(form, rows) {
  const asked = new Set();
  const fresh = [];
  for (const row of rows) {
    const { question = "", if: before, is = "" } = row.dataset;
    const on = !before || (asked.has(before) && isGiven(form, before, is.split(" ")));
    if (on) asked.add(question);
    if (on && row.hidden) fresh.push(heading(row));
    row.hidden = !on;
  }
  return fresh;
}

/** @param {HTMLFormElement} form @param {string} name @param {string[]} values */
function isGiven(form, name, values) {
  const given = new FormData(form).getAll(name);
  return given.some((value) => values.includes(String(value)));
}

/** @param {HTMLElement} row */
function heading(row) {
  return row.querySelector("legend, label")?.textContent?.trim().replace(/\s+/g, " ") ?? "";
}
