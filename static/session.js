/**
 * Owns the sign-in token of this tab. There is no cookie: every request of a signed-in page
 * goes through `request`, and the token never leaves our own origin.
 */

import { pathOf, sameOrigin } from "./paths.js";
import * as store from "./store.js";

export { go } from "./frame.js";

const KEY = "portal.token";
const CHANNEL = "portal.session";

/** @type {BroadcastChannel | null} */
let channel = null;
let leaving = false;

/** @returns {string | null} */
export function token() {
  return store.read(KEY);
}

/** @returns {string} the language that this tab asks the server for */
export function language() {
  return store.read("portal.language") ?? document.documentElement.lang;
}

/** @param {string} key */
export function signIn(key) {
  leaving = false;
  store.write(KEY, key);
}

/** Headers that each of our requests carries. @returns {Record<string, string>} */
export function identity() {
  const key = token();
  /** @type {Record<string, string>} */
  const headers = { "X-Portal-Language": language() };
  if (key) headers.Authorization = `Bearer ${key}`;
  return headers;
}

/**
 * Fetch from our own server as whoever is signed in.
 * @param {string | URL} url
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
export async function request(url, options = {}) {
  const target = sameOrigin(url);
  const headers = new Headers(options.headers);
  const own = identity();
  for (const name of Object.keys(own)) headers.set(name, own[name]);
  if (!headers.has("X-Portal-Request")) headers.set("X-Portal-Request", "fetch");
  const response = await proved(() => fetch(target, { ...options, headers, credentials: "omit" }));
  // Somebody may have signed in again while this request was under way.
  const asked = own.Authorization && own.Authorization === identity().Authorization;
  if (response.status === 401 && asked) ended();
  return response;
}

/**
 * Send, and where the server wants to know first who sits here, ask and send once more.
 * @param {() => Promise<Response>} send
 * @returns {Promise<Response>}
 */
export async function proved(send) {
  const response = await send();
  if (response.status !== 403) return response;
  const proof = await import("./proof.js");
  return proof.isNeeded(response) && (await proof.prove()) ? send() : response;
}

/** End the session here, on the server, and in every tab that was duplicated from this one. */
export async function signOut() {
  const headers = identity();
  const key = token();
  forget();
  channel?.postMessage({ type: "signed-out", token: key });
  // Whatever the answer is, this browser has forgotten the token.
  await fetch("/sign-out", { method: "POST", headers, credentials: "omit", keepalive: true }).catch(
    () => null,
  );
  leave("signed-out");
}

/** The server no longer knows the token: forget it and lead to the way in. */
export function ended() {
  forget();
  leave("ended");
}

/**
 * Make a link that works once and for 30 seconds, for a download that carries no header.
 * @param {string} path
 * @returns {Promise<string>}
 */
export async function ticket(path) {
  const body = new URLSearchParams({ path });
  const response = await request("/tickets", { method: "POST", body });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error.message);
  return answer.url;
}

/** Hear of sign-out in other tabs; called once by main.js. @returns {() => void} stops it */
export function listen() {
  channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", (event) => {
    const mine = token();
    if (event.data?.type !== "signed-out" || !mine || event.data.token !== mine) return;
    forget();
    leave("signed-out");
  });
  return () => channel?.close();
}

function forget() {
  store.remove(KEY);
}

/** @param {"ended" | "signed-out"} why */
function leave(why) {
  // Several requests can fail together; the first one leads the way.
  if (leaving) return;
  const news = new CustomEvent("session:ended", { cancelable: true, detail: { why } });
  // A page may have words of its own, as a call that still runs has.
  if (!document.dispatchEvent(news)) return;
  leaving = true;
  const here = pathOf(location.href);
  let wayIn = "/sign-in";
  if (location.pathname === "/visit" || isGuest()) wayIn = "/";
  else if (why === "ended") wayIn += `?next=${encodeURIComponent(here)}#ended`;
  else wayIn += "#signed-out";
  location.replace(inLanguage(wayIn));
}

/** A plain navigation carries no header: its address names the chosen language. @param {string} url */
export function inLanguage(url) {
  const target = new URL(url, location.href);
  const chosen = store.read("portal.language");
  if (chosen) target.searchParams.set("lang", chosen);
  return target.href;
}

function isGuest() {
  return document.documentElement.dataset.audience === "guest";
}
