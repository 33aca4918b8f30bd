/** Sign-in: asks the server once, keeps what was typed, and says how long to wait. */

import { safeNext } from "../paths.js";
import { signIn } from "../session.js";
import { waitInWords } from "../words.js";

const TOO_MANY = 429;

/** @param {HTMLFormElement} form */
export function wake(form) {
  revealReason();
  revealPassword(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const submit = /** @type {HTMLButtonElement | null} */ (form.querySelector("[type=submit]"));
    if (!submit || submit.getAttribute("aria-disabled") === "true") return;
    submit.setAttribute("aria-disabled", "true");
    for (const reason of document.querySelectorAll("[data-reason]")) reason.remove();
    show(form, "");
    await send(form);
    submit.removeAttribute("aria-disabled");
  });
}

/** @param {HTMLFormElement} form */
async function send(form) {
  const { textFailed = "" } = form.dataset;
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(/** @type {any} */ (new FormData(form))),
      headers: {
        "X-Portal-Request": "fetch",
        "X-Portal-Language": document.documentElement.lang,
      },
      credentials: "omit",
    });
    const answer = await response.json();
    if (response.ok) enter(answer, form.dataset.next);
    else refuse(form, response, answer.error);
  } catch {
    show(form, textFailed);
  }
}

/** @param {{ token: string, home: string }} answer @param {string | undefined} next */
function enter(answer, next) {
  signIn(answer.token);
  // A document of its own: only then may the desk ask for the camera.
  location.replace(safeNext(next, answer.home));
}

/** @param {HTMLFormElement} form @param {Response} response @param {any} error */
function refuse(form, response, error) {
  const seconds = Number(response.headers.get("Retry-After"));
  const wait = form.dataset.textWait ?? "";
  if (response.status === TOO_MANY && seconds) show(form, waitInWords(wait, seconds));
  else show(form, error.message, error.details?.fields ?? {});
}

/** @param {HTMLFormElement} form @param {string} message @param {Record<string, string[]>} [fields] */
function show(form, message, fields = {}) {
  const box = form.querySelector("[data-error]");
  if (!(box instanceof HTMLElement)) return;
  box.hidden = !message;
  box.replaceChildren(paragraph(message));
  for (const found of form.querySelectorAll("input[name]")) {
    const input = /** @type {HTMLInputElement} */ (found);
    const sentence = (fields[input.dataset.field ?? input.name] ?? []).join(" ");
    mark(input, sentence);
    if (sentence) box.append(paragraph(link(input, sentence)));
  }
  if (message) box.focus();
}

/** @param {HTMLInputElement} input @param {string} sentence */
function mark(input, sentence) {
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
  made.textContent = `${input.labels?.[0]?.textContent ?? ""}: ${sentence}`;
  made.addEventListener("click", (event) => {
    event.preventDefault();
    input.focus();
  });
  return made;
}

/** Say why somebody is here who was somewhere else a moment ago. */
function revealReason() {
  const reason = document.querySelector(`[data-reason="${CSS.escape(location.hash.slice(1))}"]`);
  if (reason instanceof HTMLElement) reason.hidden = false;
}

/** @param {HTMLFormElement} form */
function revealPassword(form) {
  const toggle = form.querySelector("[data-toggle-password]");
  const input = form.querySelector("input[type=password]");
  if (!(toggle instanceof HTMLElement) || !(input instanceof HTMLInputElement)) return;
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    toggle.setAttribute("aria-pressed", String(hidden));
  });
}
