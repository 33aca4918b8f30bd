/**
 * The sentence about where a visit stands. The server writes it; this module fetches it again,
 * puts in what is new, and says by itself when the connection is away.
 */

import { fragment } from "../trusted.js";
import { get } from "./answers.js";
import { listen } from "./listen.js";

const SHOWN_AFTER_MS = 2000;
const LONG_AFTER_MS = 60_000;

/** @typedef {"now" | "lost" | "long" | "moved"} Part */

/** The status on the page, which may be exchanged at any time. @returns {HTMLElement | null} */
const status = () => document.getElementById("status");

/**
 * Fetch the status.
 * @returns {Promise<HTMLElement | null>} what the server says now, or null when it did not answer
 */
export async function ask() {
  const answer = await get("/visit/status").catch(() => null);
  if (!answer || answer.error) return null;
  return fragment(answer.html).querySelector("#status");
}

/** Put in what the server says; unchanged words are left alone, so that nobody hears them twice. @param {HTMLElement} fresh */
export function put(fresh) {
  const here = status();
  if (!here) return;
  here.dataset.state = fresh.dataset.state;
  here.dataset.title = fresh.dataset.title;
  for (const old of parts()) {
    const now = fresh.querySelector(`[data-part=${old.dataset.part}]`);
    if (!(now instanceof HTMLElement)) continue;
    if (now.dataset.title) old.dataset.title = now.dataset.title;
    if (old.textContent !== now.textContent) old.replaceChildren(...now.childNodes);
  }
  entitle();
}

/** Show one part of the status, and put its title on the page. @param {Part} part */
export function show(part) {
  const here = status();
  // Nothing comes after that: this window has given its place away.
  if (!here || here.dataset.shown === "moved") return;
  here.dataset.shown = part;
  for (const each of parts()) each.hidden = each.dataset.part !== part;
  entitle();
}

/** The title of the page follows what is shown, or is given. @param {string} [given] */
export function entitle(given) {
  const shown = parts().find((each) => !each.hidden);
  const title = given ?? shown?.dataset.title ?? status()?.dataset.title;
  const brand = document.title.match(/ – [^–]*$/)?.[0] ?? "";
  if (title) document.title = title + brand;
}

/** @returns {HTMLElement[]} */
function parts() {
  return [...(status()?.querySelectorAll("[data-part]") ?? [])].map(
    (each) => /** @type {HTMLElement} */ (each),
  );
}

/**
 * Say that the connection is away, once that is more than a hiccup, and when it stays away.
 * @param {import("../signalling.js").Signalling} socket
 * @returns {() => void} stops
 */
export function watchConnection(socket) {
  /** @type {ReturnType<typeof setTimeout>[]} */
  let timers = [];
  const back = () => {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
    show("now");
  };
  const away = () => {
    if (timers.length) return;
    timers.push(
      setTimeout(() => show("lost"), SHOWN_AFTER_MS),
      setTimeout(() => show("long"), LONG_AFTER_MS),
    );
  };
  // The browser knows it at once; the socket hears it only after its own silence.
  const offline = () => {
    away();
    show("lost");
  };
  const online = () => {
    if (socket.state === "open") back();
  };
  const sleeps = [
    listen(socket, "closed", away),
    listen(socket, "refused", away),
    listen(socket, "open", back),
    listen(globalThis, "offline", offline),
    listen(globalThis, "online", online),
  ];
  return () => {
    for (const timer of timers) clearTimeout(timer);
    for (const sleep of sleeps) sleep();
  };
}
