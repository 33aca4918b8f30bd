/** Makes a code in one line; it appears below, large, and the line is free for the next guest. */

import { fragment } from "../trusted.js";
import { post } from "./answers.js";
import { accept, refuse } from "./fields.js";
import { newCode } from "./panels.js";

const KEPT = 3;

/** @param {HTMLFormElement} form */
export function wake(form) {
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

/** @param {HTMLFormElement} form */
async function send(form) {
  const answer = await post(form.action, form).catch(() => null);
  if (!answer) return refuse(form, form.dataset.textFailed ?? "");
  if (answer.error) return refuse(form, answer.error.message, answer.error.details.fields);
  for (const id of ["guest_name", "phone"]) {
    const field = document.getElementById(id);
    if (field instanceof HTMLInputElement) field.value = "";
  }
  const made = document.getElementById("made-codes");
  made?.prepend(fragment(answer.html));
  while (made && made.children.length > KEPT) made.lastElementChild?.remove();
  return undefined;
}
