/** Makes a code in one line; it appears below, large, and the line is free for the next guest. */

import { fragment } from "../trusted.js";
import { post } from "./answers.js";
import { accept, refuse } from "./fields.js";
import { newCode } from "./panels.js";

const KEPT = 3;

/** @param {HTMLFormElement} form */
export function wake(form) {
  form.addEventListener("change", () => choose(form));
  choose(form);
  const button = form.closest("section")?.querySelector("[data-new-code]");
  button?.addEventListener("click", newCode);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    accept(form);
    await send(form);
    form.removeAttribute("aria-busy");
  });
  return () => button?.removeEventListener("click", newCode);
}

/** Show the field of the way that was chosen; the others are emptied. @param {HTMLFormElement} form */
function choose(form) {
  const way = form.querySelector("[data-send-by]");
  const chosen = way instanceof HTMLSelectElement ? way.value : "";
  for (const place of form.querySelectorAll("[data-way]")) {
    if (!(place instanceof HTMLElement)) continue;
    place.hidden = place.dataset.way !== chosen;
    const field = place.querySelector("input");
    if (field && place.hidden) field.value = "";
  }
  offerReminder(form, chosen);
}

/** Who gets a message about an appointment can be reminded of it. @param {HTMLFormElement} form @param {string} way */
function offerReminder(form, way) {
  const place = form.querySelector("[data-remind]");
  const at = form.querySelector("[name=at]");
  const box = place?.querySelector("input");
  if (!(place instanceof HTMLElement) || !(at instanceof HTMLInputElement) || !box) return;
  place.hidden = !way || !at.value;
  if (place.hidden) box.checked = false;
}

/** One press, one code: what is sent twice names the same request. @param {HTMLFormElement} form */
function name(form) {
  const key = form.querySelector("[data-request-key]");
  if (key instanceof HTMLInputElement) key.value ||= crypto.randomUUID();
  return () => {
    if (key instanceof HTMLInputElement) key.value = "";
  };
}

/** @param {HTMLFormElement} form */
async function send(form) {
  const done = name(form);
  const answer = await post(form.action, form).catch(() => null);
  if (!answer) return refuse(form, form.dataset.textFailed ?? "");
  done();
  if (answer.error) return refuse(form, answer.error.message, answer.error.details.fields);
  document.dispatchEvent(new CustomEvent("code:made"));
  for (const id of ["guest_name", "phone", "email", "at"]) {
    const field = document.getElementById(id);
    if (field instanceof HTMLInputElement) field.value = "";
  }
  const shown = fragment(answer.html);
  // The codes made last stand on the desk, and not on the list of all.
  const recent = shown.querySelector("#recent-codes");
  recent?.remove();
  if (recent) document.getElementById("recent-codes")?.replaceWith(recent);
  const made = document.getElementById("made-codes");
  made?.prepend(shown);
  while (made && made.children.length > KEPT) made.lastElementChild?.remove();
  return undefined;
}
