/** One line in the list of those who are in a call. */

import { part, words } from "../words.js";

/** @typedef {{participant: string, name: string, role: string, audio?: boolean}} Listed */

/**
 * @param {HTMLElement} root the panel @param {Listed} person
 * @param {{isOurs: boolean, asked: string}} may whether this side may act on them, and which act it is asked to confirm
 */
export function row(root, { participant, name, role, audio }, { isOurs, asked }) {
  const template = /** @type {HTMLTemplateElement} */ (part(root, "template"));
  const copy = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const line = part(copy, "li");
  line.dataset.participant = participant;
  part(line, "strong").textContent = name;
  const silent = audio === false ? `, ${words(root, "silent")}` : "";
  part(line, ".muted").textContent = words(root, role) + silent;
  for (const act of ["hand-over", "remove", "yes", "no"]) {
    part(line, `[data-people=${act}]`).textContent = words(root, act);
  }
  part(line, "[data-people=acts]").hidden = !isOurs || asked !== "";
  part(line, "[data-people=hand-over]").hidden = role !== "colleague";
  part(line, "[data-people=sure]").hidden = !isOurs || asked === "";
  part(line, "[data-people=question]").textContent =
    asked && words(root, `sure-${asked}`, { name });
  return line;
}
