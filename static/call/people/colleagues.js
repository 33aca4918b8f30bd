/** Offers the host whom to ring into the call: contacts who are signed in, and colleagues. */

import { ringing } from "../../profiles/ringing.js";
import { fragment } from "../../trusted.js";
import { get } from "../../waitingroom/answers.js";

/**
 * @param {HTMLElement} root the panel @param {() => string | undefined} call
 * @param {(error: string | undefined) => void} failed with the server's words, if it had any
 * @returns {() => void} stops
 */
export function offer(root, call, failed) {
  const show = async (/** @type {string} */ url, /** @type {string} */ place) => {
    const answer = await get(url).catch(() => null);
    const found = root.querySelector(place);
    if (!answer || answer.error) failed(answer?.error?.message);
    else found?.replaceChildren(fragment(answer.html));
  };
  const clicked = (/** @type {Event} */ { target }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    const { people, contact, colleague } = button?.dataset ?? {};
    if (contact) ringing.call(contact, call());
    else if (colleague) ringing.ask("colleague.call", { card: colleague, call: call() ?? "" });
    // Who is signed in changes, so that it is asked anew each time.
    else if (people === "colleagues") show("/calls/colleagues", "[data-people=found]");
  };
  const searched = (/** @type {Event} */ event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-people=search]")) return;
    event.preventDefault();
    const q = String(new FormData(form).get("q") ?? "");
    show(`${form.action}?${new URLSearchParams({ q })}`, "[data-people=results]");
  };
  root.addEventListener("click", clicked);
  root.addEventListener("submit", searched);
  return () => {
    root.removeEventListener("click", clicked);
    root.removeEventListener("submit", searched);
    root.querySelector("[data-people=found]")?.replaceChildren();
  };
}
