/** Shows on every page who calls, or who is being called, and what became of it. */

import { listen } from "../waitingroom/listen.js";
import { ring as sound, warmUp } from "../waitingroom/tone.js";
import { ringing } from "./ringing.js";

const AGAIN_MS = 3000;

/** @type {ReturnType<typeof setInterval> | undefined} */
let sounding;
/** @type {Notification | null} */
let shown = null;
let told = "";

/** @param {HTMLElement} bell */
export function wake(bell) {
  const draw = () => show(bell);
  const sleeps = [
    listen(ringing, "change", draw),
    listen(bell, "click", ({ target }) => press(target)),
  ];
  ringing.begin();
  warmUp();
  draw();
  return () => {
    for (const sleep of sleeps) sleep();
  };
}

/** @param {EventTarget | null} target */
function press(target) {
  const button = target instanceof Element ? target.closest("[data-ring]") : null;
  const what = button instanceof HTMLElement ? button.dataset.ring : "";
  if (what === "answer") ringing.answer();
  if (what === "decline" || what === "cancel") ringing.stop();
  if (what === "dismiss") ringing.dismiss();
}

/** @param {HTMLElement} bell */
function show(bell) {
  const { current, news } = ringing;
  const box = bell.querySelector(".ring");
  const line = bell.querySelector("[data-ring-words]");
  if (!(box instanceof HTMLElement) || !line) return;
  box.hidden = !current && !news;
  box.dataset.way = current?.way ?? "";
  const sentence = current ? words(bell, current.way, current.name) : after(bell);
  // The same sentence again would be read aloud again.
  if (line.textContent !== sentence) line.textContent = sentence;
  const ways = { answer: "in", decline: "in", cancel: "out", dismiss: "" };
  for (const [what, way] of Object.entries(ways)) {
    const button = bell.querySelector(`[data-ring=${what}]`);
    if (button instanceof HTMLElement) button.hidden = way !== (current?.way ?? "");
  }
  call(bell, current?.way === "in" ? current.ring : "");
}

/** What became of the last call. @param {HTMLElement} bell */
function after(bell) {
  const { news } = ringing;
  if (!news) return "";
  if (news.message) return news.message;
  const time = news.at.toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" });
  return words(bell, news.kind, news.name).replace("{time}", () => time);
}

/** @param {HTMLElement} bell @param {string} key @param {string} name */
function words(bell, key, name) {
  const attribute = `data-text-${key}`;
  return (bell.getAttribute(attribute) ?? "").replace("{name}", () => name);
}

/** Sound and a message of the browser, as long as it rings. @param {HTMLElement} bell @param {string} ring */
function call(bell, ring) {
  if (ring === told) return;
  told = ring;
  clearInterval(sounding);
  shown?.close();
  shown = null;
  if (!ring) return;
  // The desk's own switch is newer than what the page was drawn with.
  const desk = document.querySelector("[data-wake='waitingroom/chime']");
  if ((desk?.getAttribute("aria-pressed") ?? bell.dataset.chime) === "true") {
    sound();
    sounding = setInterval(sound, AGAIN_MS);
  }
  notify(bell);
}

/** No name: a screen can be seen by others. @param {HTMLElement} bell */
function notify(bell) {
  if (!("Notification" in globalThis) || Notification.permission !== "granted") return;
  if (document.hasFocus() && !document.hidden) return;
  try {
    shown = new Notification(bell.dataset.textNotify ?? "", { tag: "contact", silent: true });
    shown.addEventListener("click", () => focus());
  } catch {
    // Android shows notifications through service workers only; the sound remains.
  }
}
