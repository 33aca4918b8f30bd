/**
 * Says what went wrong or well, in the one region above the content that is read aloud.
 * The words come from the page (`data-text-*` on the region) or from the server.
 */

import { fragment } from "./trusted.js";

/** @returns {HTMLElement} */
function region() {
  const found = document.getElementById("notices");
  if (!found) throw new TypeError("The page has no region for notices.");
  return found;
}

/** Take away what no longer holds. */
export function clearNotices() {
  region().replaceChildren();
}

/** Show an error that the server wrote. @param {string} text HTML of our own server */
export function showError(text) {
  region().replaceChildren(fragment(text));
  region().scrollIntoView({ block: "nearest" });
}

/**
 * Show one sentence.
 * @param {string} sentence
 * @param {{ again?: () => void }} [options] `again` adds a button that tries once more
 */
export function notice(sentence, { again } = {}) {
  const box = document.createElement("div");
  box.className = "notice notice-danger";
  box.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = sentence;
  box.append(words);
  if (again) box.append(button(region().dataset.textAgain ?? "", again));
  region().replaceChildren(box);
}

/** A request did not come through. @param {unknown} error @param {() => void} [again] */
export function failed(error, again) {
  const offline = error instanceof TypeError && !navigator.onLine;
  const { textOffline = "", textFailed = "" } = region().dataset;
  notice(offline ? textOffline : textFailed, { again });
  document.querySelector("#main[aria-busy]")?.removeAttribute("aria-busy");
}

/** Say something to those who listen, without showing it. @param {string} sentence */
export function announce(sentence) {
  const speaker = document.getElementById("announcer");
  if (speaker) speaker.textContent = sentence;
}

/** @param {string} label @param {() => void} action */
function button(label, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-outline-primary";
  made.textContent = label;
  made.addEventListener("click", () => {
    clearNotices();
    action();
  });
  return made;
}
