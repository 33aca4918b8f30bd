/**
 * Keeps on the server what is typed into a form, a moment after it was typed. Without a network
 * it tries again until there is one, and asks before the page is left with something unsaved.
 */

import { request } from "../../session.js";

const PAUSE_MS = 700;
const AGAIN_MS = 4000;

/** @param {HTMLFormElement} form */
export function wake(form) {
  let unsaved = false;
  let sending = false;
  let timer = 0;

  /** @param {number} pause */
  function later(pause) {
    clearTimeout(timer);
    timer = window.setTimeout(save, pause);
  }

  function typed() {
    unsaved = true;
    later(PAUSE_MS);
  }

  async function save() {
    if (!unsaved || sending) return;
    sending = true;
    unsaved = false;
    const came = await send(form);
    sending = false;
    if (came) say(form, now(form));
    else {
      unsaved = true;
      say(form, form.dataset.textUnsaved ?? "");
    }
    if (unsaved) later(came ? PAUSE_MS : AGAIN_MS);
  }

  /** @param {BeforeUnloadEvent} event */
  function leaving(event) {
    if (!unsaved && !sending) return;
    send(form, { keepalive: true });
    if (!navigator.onLine) event.preventDefault();
  }

  /** The form itself is on its way, and the server keeps what it finds wrong. */
  function submitted() {
    clearTimeout(timer);
    unsaved = false;
  }

  form.addEventListener("input", typed);
  form.addEventListener("submit", submitted);
  addEventListener("beforeunload", leaving);
  addEventListener("online", save);
  document.addEventListener("page:leave", save);
  return () => {
    clearTimeout(timer);
    removeEventListener("beforeunload", leaving);
    removeEventListener("online", save);
    document.removeEventListener("page:leave", save);
  };
}

/** @param {HTMLFormElement} form @param {RequestInit} [options] @returns {Promise<boolean>} */
async function send(form, options = {}) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  try {
    const url = form.dataset.draft ?? "";
    return (await request(url, { method: "POST", body, ...options })).ok;
  } catch {
    return false;
  }
}

/** @param {HTMLFormElement} form */
function now(form) {
  const time = new Date().toLocaleTimeString(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
  });
  return (form.dataset.textSaved ?? "").replace("{time}", time);
}

/** @param {HTMLFormElement} form @param {string} words */
function say(form, words) {
  const place = form.querySelector("[data-part=draft]");
  // The same words again would be read aloud at every pause in typing.
  if (place && place.textContent !== words) place.textContent = words;
}
