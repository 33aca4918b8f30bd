/** Sends the forms of an account, and shows what came back above the fields; what was typed stays. */

import { request } from "../session.js";
import { waitInWords } from "../words.js";

const TOO_MANY = 429;

/** @typedef {{ ok: boolean, html: string, data: any, code: string }} Answer */

/**
 * Post a form once at a time; show the error in it, if there is one.
 * @param {HTMLFormElement} form holds an empty box `[data-error]`
 * @param {Record<string, string>} [more]
 * @returns {Promise<Answer | null>} null when it was refused, and the form says why
 */
export async function send(form, more = {}) {
  if (form.getAttribute("aria-busy") === "true") return null;
  form.setAttribute("aria-busy", "true");
  show(form, "");
  try {
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    for (const name of Object.keys(more)) body.set(name, more[name]);
    const response = await request(form.action, { method: "POST", body });
    const answer = await read(response);
    if (answer.ok) return answer;
    refuse(form, response, answer.data?.error);
  } catch {
    show(form, form.dataset.textFailed ?? "");
  } finally {
    form.removeAttribute("aria-busy");
  }
  return null;
}

/** @param {Response} response @returns {Promise<Answer>} */
export async function read(response) {
  const text = await response.text();
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  const data = isJson && text ? JSON.parse(text) : null;
  return { ok: response.ok, html: isJson ? "" : text, data, code: data?.error?.code ?? "" };
}

/** @param {HTMLFormElement} form @param {Response} response @param {any} error */
function refuse(form, response, error) {
  const seconds = Number(response.headers.get("Retry-After"));
  const { textWait = "", textFailed = "" } = form.dataset;
  if (response.status === TOO_MANY && seconds && textWait)
    show(form, waitInWords(textWait, seconds));
  else show(form, error?.message ?? textFailed, error?.details?.fields ?? {});
}

/** @param {HTMLFormElement} form @param {string} message @param {Record<string, string[]>} [fields] */
export function show(form, message, fields = {}) {
  const box = form.querySelector("[data-error]");
  if (!(box instanceof HTMLElement)) return;
  box.hidden = !message;
  box.replaceChildren(paragraph(message));
  for (const found of form.querySelectorAll("input[name]:enabled")) {
    const input = /** @type {HTMLInputElement} */ (found);
    const sentence = (fields[input.dataset.field ?? input.name] ?? []).join(" ");
    mark(input, sentence);
    if (sentence) box.append(paragraph(link(input, sentence)));
  }
  if (message) box.focus();
}

/** @param {HTMLInputElement} input @param {string} sentence */
export function mark(input, sentence) {
  const place = document.getElementById(`${input.id}-error`);
  if (!place) return;
  place.textContent = sentence;
  place.hidden = !sentence;
  if (sentence) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

/** @param {string | Node} content */
function paragraph(content) {
  const made = document.createElement("p");
  made.append(content);
  return made;
}

/** The way from the summary to the field. @param {HTMLInputElement} input @param {string} sentence */
function link(input, sentence) {
  const made = document.createElement("a");
  made.href = `#${input.id}`;
  made.textContent = `${input.labels?.[0]?.textContent?.trim() ?? ""}: ${sentence}`;
  made.addEventListener("click", (event) => {
    event.preventDefault();
    input.focus();
  });
  return made;
}

/** The button that shows what was typed. @param {ParentNode} part */
export function revealPassword(part) {
  const toggle = part.querySelector("[data-toggle-password]");
  const input = part.querySelector("input[type=password]");
  if (!(toggle instanceof HTMLElement) || !(input instanceof HTMLInputElement)) return;
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    toggle.setAttribute("aria-pressed", String(hidden));
  });
}
