/**
 * The first step of a guest: the code, typed or out of the link's fragment, which no server and
 * no log ever sees. Slips are told at once; a right code brings the second step into this page.
 */

import { token } from "../session.js";
import { fragment } from "../trusted.js";
import { waitInWords } from "../words.js";
import { get, post } from "./answers.js";
import { LENGTH, plain, slip, written } from "./codes.js";
import { accept, refuse } from "./fields.js";
import { listen } from "./listen.js";

const LONGEST = 60;

/** @param {HTMLFormElement} form */
export function wake(form) {
  const input = form.querySelector("input[name=code]");
  if (!(input instanceof HTMLInputElement)) throw new TypeError("The entry asks for no code.");
  const open = () => fromAddress(form, input);
  const back = () => {
    // A jump inside the page is told in the same way as the browser's Back.
    if (!location.hash && !history.state?.step) show(null);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, input);
  });
  input.addEventListener("input", (event) => tidy(input, /** @type {InputEvent} */ (event)));
  const sleeps = [
    listen(globalThis, "hashchange", open),
    listen(globalThis, "popstate", back),
    listen(document, "language:changing", again),
  ];
  if (!open() && token()) greetAgain();
  return () => {
    for (const sleep of sleeps) sleep();
  };
}

/**
 * Take the code out of the address, before anything else can see it there, and send it.
 * @param {HTMLFormElement} form @param {HTMLInputElement} input
 */
function fromAddress(form, input) {
  const given = location.hash.slice(1);
  if (!given || given.length > LONGEST || document.getElementById(given)) return false;
  history.replaceState(history.state, "", location.pathname + location.search);
  input.value = written(given);
  send(form, input);
  return true;
}

/** Groups of four while the code grows at its end; elsewhere the cursor would jump. @param {HTMLInputElement} input @param {InputEvent} event */
function tidy(input, event) {
  const atEnd = input.selectionStart === input.value.length;
  if (!atEnd || event.inputType?.startsWith("delete") || plain(input.value).length > LENGTH) return;
  input.value = written(input.value);
}

/** @param {HTMLFormElement} form @param {HTMLInputElement} input */
async function send(form, input) {
  const found = slip(input.value);
  const words = form.dataset;
  if (found) {
    const message = slipInWords(form, found);
    return refuse(form, message, { code: [message] });
  }
  accept(form);
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await post(form.action, form);
    if (answer.error?.code === "too_many" && answer.retryAfter) {
      refuse(form, waitInWords(words.textWait ?? "", answer.retryAfter));
    } else if (answer.error) refuse(form, answer.error.message, { code: [answer.error.message] });
    else advance(answer.html);
  } catch {
    refuse(form, words.textFailed ?? "");
  }
  form.removeAttribute("aria-busy");
}

/** @param {HTMLFormElement} form @param {import("./codes.js").Slip} found */
function slipInWords(form, { reason, character, count }) {
  const sentence = form.getAttribute(`data-text-slip-${reason}`) ?? "";
  return sentence.replace("{character}", character).replace("{count}", String(count));
}

/** The code is right: show the second step; the browser's Back leads to the first. @param {string} html */
function advance(html) {
  show(html);
  history.pushState({ step: "consent" }, "");
}

/** Show the second step, or the first one again. @param {string | null} html */
function show(html) {
  const first = document.getElementById("code-step");
  const second = document.getElementById("consent-step");
  if (!first || !second) return;
  first.hidden = html !== null;
  second.hidden = html === null;
  if (html === null) second.replaceChildren();
  else second.replaceChildren(fragment(html));
  const goal = html === null ? first.querySelector("input") : second.querySelector("h1");
  if (goal instanceof HTMLElement) goal.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** Bring the second step in the other language; the name that was typed stays. @param {Event} event */
async function again(event) {
  const asked = document.querySelector("#consent-step form");
  const typed = asked?.querySelector("input[name=name]");
  const form = document.getElementById("code-form");
  if (!asked || !(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  const answer = await post(form.action, form);
  if (answer.error) return;
  show(answer.html);
  const name = document.querySelector("#consent-step input[name=name]");
  const both = name instanceof HTMLInputElement && typed instanceof HTMLInputElement;
  if (both) name.value = typed.value;
}

/** Somebody who waits already, and came back here, finds the way to the place. */
async function greetAgain() {
  const answer = await get("/visit/status").catch(() => null);
  const notice = document.getElementById("still-waiting");
  if (!answer || answer.error || !notice) return;
  const state = fragment(answer.html).querySelector("[data-state]")?.getAttribute("data-state");
  notice.hidden = !["waiting", "admitted", "in_call"].includes(state ?? "");
}
