/** Shows the guest the code for a companion; whoever asks again sees the same one. */

import { fragment } from "../trusted.js";
import { post } from "./answers.js";
import { accept, refuse } from "./fields.js";

/** @param {HTMLElement} block */
export function wake(block) {
  block.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    if (form instanceof HTMLFormElement) show(block, form);
  });
}

/** @param {HTMLElement} block @param {HTMLFormElement} form */
async function show(block, form) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  accept(form);
  const answer = await post(form.action, form).catch(() => null);
  form.removeAttribute("aria-busy");
  if (!answer) return refuse(form, block.dataset.textFailed ?? "");
  if (answer.error) return refuse(form, answer.error.message);
  const place = block.querySelector("[data-part=codes]");
  place?.replaceChildren(fragment(answer.html));
  const made = [...block.querySelectorAll(".code-value")].pop();
  if (made instanceof HTMLElement) made.focus();
  return undefined;
}
