/** Reads the words that somebody heard and typed. A word that is in no list was misheard, and no more. */

import { part, words } from "../words.js";
import { meant } from "./words.js";

/**
 * @param {HTMLElement} root the call, which has the sentences @param {HTMLElement} panel @param {string} language
 * @returns {string[] | null} null when a word is missing or unknown; the page says so
 */
export function typed(root, panel, language) {
  const fields = [...panel.querySelectorAll("input")];
  const found = fields.map(({ value }) => meant(value, language));
  for (const [place, field] of fields.entries()) {
    field.setAttribute("aria-invalid", String(!found[place]));
  }
  const unknown = found.indexOf("");
  const error = part(panel, "[data-security=error]");
  error.hidden = unknown < 0;
  if (unknown < 0) return found;
  error.textContent = words(root, "security-unknown");
  fields[unknown].focus();
  return null;
}
