/** The technical check before the appointment: the code first, then the check in its place. */

import { fragment } from "../../trusted.js";
import { post } from "../../waitingroom/answers.js";
import { accept, refuse } from "../../waitingroom/fields.js";
import { waitInWords } from "../../words.js";

/** @param {HTMLFormElement} form */
export function wake(form) {
  const place = document.getElementById("check-place");
  if (!place) throw new TypeError("The page has no place for the check.");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    await send(form, place);
    form.removeAttribute("aria-busy");
  });
  place.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element && target.closest("[data-check-close]"))) return;
    place.replaceChildren();
    form.hidden = false;
    form.querySelector("input")?.focus();
  });
}

/** @param {HTMLFormElement} form @param {HTMLElement} place */
async function send(form, place) {
  accept(form);
  try {
    const { error, html, retryAfter } = await post(form.action, form);
    if (error?.code === "too_many" && retryAfter) {
      refuse(form, waitInWords(form.dataset.textWait ?? "", retryAfter));
    } else if (error) refuse(form, error.message, { code: [error.message] });
    else show(form, place, html);
  } catch {
    refuse(form, form.dataset.textFailed ?? "");
  }
}

/** @param {HTMLFormElement} form @param {HTMLElement} place @param {string} html */
function show(form, place, html) {
  form.hidden = true;
  place.replaceChildren(fragment(html));
  place.querySelector("h2")?.focus();
}
