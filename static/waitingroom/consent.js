/** The second step of a guest: name and consent; then the place in the waiting room is theirs. */

import { go, signIn } from "../session.js";
import { fragment } from "../trusted.js";
import { waitInWords } from "../words.js";
import { post } from "./answers.js";
import { accept, refuse } from "./fields.js";

/** @param {HTMLFormElement} form */
export function wake(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    await send(form);
    form.removeAttribute("aria-busy");
  });
  const back = form.querySelector("[data-back]");
  back?.addEventListener("click", () => history.back());
}

/** @param {HTMLFormElement} form */
async function send(form) {
  accept(form);
  try {
    const answer = await post(form.action, form);
    if (!answer.error) return enter(answer.data.token);
    const fields = answer.error.details.fields ?? {};
    const wait = form.dataset.textWait ?? "";
    if (answer.error.code === "too_many") refuse(form, waitInWords(wait, answer.retryAfter));
    else if (fields.consent && ticked(form)) await newWords(form, fields);
    else refuse(form, answer.error.message, fields);
  } catch {
    refuse(form, form.dataset.textFailed ?? "");
  }
}

/** @param {string} key */
function enter(key) {
  signIn(key);
  return go("/visit");
}

/** @param {HTMLFormElement} form */
function ticked(form) {
  // Where the button itself is the consent, nothing else is to be ticked.
  return form.querySelector("input[name=consent]:is(:checked, [type=hidden])") !== null;
}

/**
 * The text of the consent has changed since this page was opened: show the new one, and ask again.
 * @param {HTMLFormElement} form @param {Record<string, string[]>} fields
 */
async function newWords(form, fields) {
  const name = form.querySelector("input[name=name]");
  const code = new FormData(form).get("code");
  const { again = "/entry/code" } = form.dataset;
  const answer = await post(again, { code: String(code) });
  if (answer.error) return refuse(form, answer.error.message);
  form.closest("#consent-step")?.replaceChildren(fragment(answer.html));
  const fresh = document.querySelector("#consent-step form");
  const field = fresh?.querySelector("input[name=name]");
  if (!(fresh instanceof HTMLFormElement)) return;
  if (name instanceof HTMLInputElement && field instanceof HTMLInputElement) {
    field.value = name.value;
  }
  refuse(fresh, fields.consent.join(" "), { consent: fields.consent });
}
