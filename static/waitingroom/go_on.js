/** A form of the guest that changes the visit; the page is fetched again in its new state. */

import { go } from "../session.js";
import { post } from "./answers.js";
import { refuse } from "./fields.js";

/** @param {HTMLFormElement} form */
export function wake(form) {
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (button instanceof HTMLButtonElement && button.formMethod === "dialog") return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    const answer = await post(form.action).catch(() => null);
    form.removeAttribute("aria-busy");
    // A state that has changed meanwhile is shown by the page itself.
    if (answer?.error && form.querySelector("[data-error]")) refuse(form, answer.error.message);
    else await go("/visit", { replace: true });
  });
}
