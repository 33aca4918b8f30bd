/** Switches between the ways to prove who one is; asks the passkey, and has a code sent. */

import { request } from "../session.js";
import { read, show } from "./sending.js";

/** @param {HTMLFormElement} form */
export function wake(form) {
  form.addEventListener("click", (event) => {
    const { target } = event;
    const button = target instanceof Element ? target.closest("button") : null;
    if (!button) return;
    if (button.dataset.choose) choose(form, button.dataset.choose);
    if (button.dataset.askPasskey !== undefined) askPasskey(form);
    if (button.dataset.sendSms !== undefined) sendSms(form);
  });
}

/** @param {HTMLFormElement} form @param {string} way */
function choose(form, way) {
  show(form, "");
  field(form, "kind").value = way;
  for (const part of form.querySelectorAll("[data-way]")) {
    const here = part.getAttribute("data-way") === way;
    if (part instanceof HTMLElement) part.hidden = !here;
    for (const input of part.querySelectorAll("input")) input.disabled = !here;
  }
  for (const other of form.querySelectorAll("[data-choose]")) {
    if (other instanceof HTMLElement) other.hidden = other.dataset.choose === way;
  }
  const submit = form.querySelector("[type=submit]");
  if (submit instanceof HTMLElement) submit.hidden = way === "passkey";
  const goal = form.querySelector(`[data-way="${CSS.escape(way)}"] :is(input, button)`);
  if (goal instanceof HTMLElement) goal.focus();
}

/** @param {HTMLFormElement} form */
async function askPasskey(form) {
  const { passkey = "", textNoPasskey = "" } = form.dataset;
  try {
    const answer = await read(await request(passkey, { method: "POST" }));
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(answer.data);
    const credential = /** @type {any} */ (await navigator.credentials.get({ publicKey }));
    const proof = document.createElement("input");
    Object.assign(proof, { type: "hidden", name: "proof", value: JSON.stringify(credential) });
    form.append(proof);
    form.requestSubmit();
    // What was gathered by the submission is on its way; a second try gathers anew.
    proof.remove();
  } catch {
    show(form, textNoPasskey);
  }
}

/** @param {HTMLFormElement} form */
async function sendSms(form) {
  const state = form.querySelector("[data-sms-state]");
  const response = await request(form.dataset.sms ?? "", { method: "POST" }).catch(() => null);
  if (!response) return show(form, form.dataset.textFailed ?? "");
  const answer = await read(response);
  if (!answer.ok) return show(form, answer.data?.error?.message ?? "");
  if (state) state.textContent = form.dataset.textSent ?? "";
  const input = form.querySelector("[data-way=sms] input");
  if (input instanceof HTMLElement) input.focus();
}

/** @param {HTMLFormElement} form @param {string} name */
function field(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}
