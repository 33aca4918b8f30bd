/**
 * Opens a single-use link. Its secret stands behind the # of the address: it is taken out at once,
 * kept in this page's memory alone, and posted. Looking uses nothing up.
 */

import { request } from "../session.js";
import { fragment } from "../trusted.js";
import { read, send } from "./sending.js";

// Outlives a change of the language, and no reload.
let secret = "";

/** @param {HTMLElement} pane */
export function wake(pane) {
  const given = location.hash.slice(1);
  if (given && !document.getElementById(given)) {
    secret = given;
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  const again = () => location.reload();
  addEventListener("hashchange", again);
  look(pane);
  return () => removeEventListener("hashchange", again);
}

/** @param {HTMLElement} pane */
async function look(pane) {
  const { look: url = "", textGone = "", textFailed = "" } = pane.dataset;
  if (!secret) return problem(pane, textGone);
  try {
    const body = new URLSearchParams({ key: secret });
    const answer = await read(await request(url, { method: "POST", body }));
    if (answer.ok) ask(pane, answer.html);
    else problem(pane, answer.data?.error?.message ?? textFailed);
  } catch {
    problem(pane, textFailed);
  }
}

/** @param {HTMLElement} pane @param {string} html */
function ask(pane, html) {
  const place = pane.querySelector("[data-place]");
  place?.replaceChildren(fragment(html));
  const form = place?.querySelector("form");
  if (!(form instanceof HTMLFormElement)) return;
  form.dataset.textFailed = pane.dataset.textFailed;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await send(form, { key: secret });
    if (!answer) return;
    secret = "";
    if (form.dataset.kind === "password") toSignIn(form, answer.data.name);
    else place?.replaceChildren(fragment(answer.html));
  });
  const first = form.querySelector("input:not([readonly])");
  if (first instanceof HTMLElement) first.focus();
}

/** The name goes along in the fragment, which no log sees. @param {HTMLFormElement} form @param {string} name */
function toSignIn(form, name) {
  const target = new URL(form.dataset.signIn ?? "", location.href);
  target.hash = `password-set=${encodeURIComponent(name)}`;
  location.replace(target);
}

/** @param {HTMLElement} pane @param {string} sentence */
function problem(pane, sentence) {
  pane.querySelector("[data-place]")?.replaceChildren();
  const words = pane.querySelector("[data-problem-words]");
  if (words) words.textContent = sentence;
  for (const part of pane.querySelectorAll("[data-problem], [data-ways]")) {
    if (part instanceof HTMLElement) part.hidden = false;
  }
}
