/**
 * Switches the language without a reload: a running call goes on, and what was typed stays.
 * The page is fetched in the other language. Where elements carry `data-words`, their texts are
 * copied from their twins; elsewhere the content is replaced and the fields are filled again.
 */

import { isContent, renamed, swap } from "./frame.js";
import { announce, failed } from "./notices.js";
import { inLanguage, request } from "./session.js";
import * as store from "./store.js";
import { parse } from "./trusted.js";

const KEY = "portal.language";
const WORDS = ["aria-label", "title", "placeholder", "alt"];

/** @param {HTMLAnchorElement} link */
export function wake(link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    switchTo(link.hreflang);
  });
}

/** Keep to the language that was chosen in this tab; called once by main.js. */
export function remember() {
  const asked = new URL(location.href).searchParams.get("lang");
  const chosen = store.read(KEY);
  if (asked) store.write(KEY, document.documentElement.lang);
  else if (chosen && chosen !== document.documentElement.lang && !isFrame()) switchTo(chosen);
  document.addEventListener("click", carry, { capture: true });
}

/** @param {string} language */
export async function switchTo(language) {
  store.write(KEY, language);
  const url = new URL(location.href);
  if (isContent()) url.searchParams.delete("lang");
  else url.searchParams.set("lang", language);
  try {
    const headers = { Accept: "text/html", "X-Portal-Request": "content" };
    const response = await request(url, { headers });
    if (response.ok) show(parse(await response.text()), language, url);
  } catch (error) {
    failed(error, () => switchTo(language));
  }
}

/** @param {Document} page @param {string} language @param {URL} url */
function show(page, language, url) {
  document.documentElement.lang = language;
  document.title = page.title;
  renamed(url);
  // What was said last was said in the other language.
  announce("");
  swap("banner", page);
  swap("foot", page);
  focusSwitch();
  const detail = { language, page };
  const question = new CustomEvent("language:changing", { cancelable: true, detail });
  if (document.dispatchEvent(question)) translate(page);
  document.dispatchEvent(new CustomEvent("language:changed", { detail: { language } }));
}

/** @param {Document} page */
function translate(page) {
  const here = document.querySelectorAll("#main [data-words]");
  for (const element of here) copyWords(element, page);
  if (here.length) return;
  const before = document.getElementById("main");
  swap("main", page);
  if (before) refill(before);
}

/** @param {Element} element @param {Document} page */
function copyWords(element, page) {
  const key = CSS.escape(element.getAttribute("data-words") ?? "");
  const twin = page.querySelector(`[data-words="${key}"]`);
  if (!twin) return;
  // An element with parts keeps them; each part with words has a key of its own.
  if (!twin.children.length && !element.children.length) element.textContent = twin.textContent;
  for (const { name, value } of twin.attributes) {
    if (WORDS.includes(name) || name.startsWith("data-text-")) element.setAttribute(name, value);
  }
}

/** Put what was typed into the same fields of the new content. @param {HTMLElement} before */
function refill(before) {
  for (const old of before.querySelectorAll("input[name], select[name], textarea[name]")) {
    const field = /** @type {HTMLInputElement} */ (old);
    if (field.type === "hidden" || field.type === "file") continue;
    const fresh = /** @type {HTMLInputElement | null} */ (twinOf(field));
    if (!fresh) continue;
    if (field.type === "checkbox" || field.type === "radio") fresh.checked = field.checked;
    else fresh.value = field.value;
  }
}

/** @param {HTMLInputElement} field */
function twinOf(field) {
  const chosen = field.type === "checkbox" || field.type === "radio";
  const value = chosen ? `[value="${CSS.escape(field.value)}"]` : "";
  return document.querySelector(`#main [name="${CSS.escape(field.name)}"]${value}`);
}

/** The link that was pressed is gone; its successor takes the focus. */
function focusSwitch() {
  const link = document.querySelector("[data-wake=language]");
  if (link instanceof HTMLElement) link.focus({ preventScroll: true });
}

function isFrame() {
  return document.querySelector("#main[data-wake=frame]") !== null;
}

/** A plain link asks for the chosen language too. @param {MouseEvent} event */
function carry(event) {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  const chosen = store.read(KEY);
  if (!(link instanceof HTMLAnchorElement) || isContent() || !chosen || link.hreflang) return;
  if (link.origin !== location.origin || link.hash) return;
  link.href = inLanguage(link.href);
}
