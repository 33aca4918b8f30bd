/** Sets second factors up and takes them away; each answer brings the list anew. */

import { request } from "../session.js";
import { fragment } from "../trusted.js";
import { enter } from "./second.js";
import { read, send } from "./sending.js";

/** @param {HTMLElement} section */
export function wake(section) {
  section.addEventListener("click", (event) => {
    const { target } = event;
    const button = target instanceof Element ? target.closest("button") : null;
    if (!button || button.type === "submit") return;
    if (button.dataset.print !== undefined) print();
    else press(section, button);
  });
  section.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const answer = await send(form);
    if (answer) take(section, answer.html);
  });
  const codes = section.querySelector("[data-codes]");
  if (codes instanceof HTMLElement) codes.focus();
}

/** @param {HTMLElement} section @param {HTMLButtonElement} button */
async function press(section, button) {
  const { post, open, finish, passkeyOptions } = button.dataset;
  button.disabled = true;
  try {
    if (passkeyOptions) await addPasskey(section, button.dataset);
    else {
      const answer = await ask(section, finish ?? post ?? open ?? "");
      if (answer && finish) enter(answer.data);
      else if (answer) take(section, answer.html);
    }
  } catch {
    complain(section, section.dataset.textFailed ?? "");
  }
  button.disabled = false;
}

/** @param {HTMLElement} section @param {string} url @param {Record<string, string>} [values] */
async function ask(section, url, values = {}) {
  complain(section, "");
  const body = new URLSearchParams(values);
  const answer = await read(await request(url, { method: "POST", body }));
  if (answer.ok) return answer;
  complain(section, answer.data?.error?.message ?? "");
  return null;
}

/** @param {HTMLElement} section @param {DOMStringMap} urls */
async function addPasskey(section, { passkeyOptions = "", passkey = "" }) {
  const options = await ask(section, passkeyOptions);
  if (!options) return;
  let made;
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.data);
    made = await navigator.credentials.create({ publicKey });
  } catch {
    return complain(section, section.dataset.textNoPasskey ?? "");
  }
  const answer = await ask(section, passkey, { made: JSON.stringify(made) });
  if (answer) take(section, answer.html);
}

/** A step takes its place above the buttons; the whole list replaces itself. @param {HTMLElement} section @param {string} html */
function take(section, html) {
  const piece = fragment(html);
  if (piece.querySelector("#factors")) section.replaceWith(piece);
  else section.querySelector("[data-setup]")?.replaceChildren(piece);
  const goal = document.querySelector("#factors [data-setup] [autofocus]");
  if (goal instanceof HTMLElement) goal.focus();
}

/** @param {HTMLElement} section @param {string} sentence */
function complain(section, sentence) {
  const place = section.querySelector("[data-problem]");
  if (!(place instanceof HTMLElement)) return;
  place.hidden = !sentence;
  place.textContent = sentence;
  if (sentence) place.focus();
}
