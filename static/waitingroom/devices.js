/**
 * The guest's device check: own picture, a level that moves, the choice of devices, a tone, and
 * help with the browser's permission. The practice is told what works.
 */

import { blurSwitch } from "../call/blur_view.js";
import { localMedia } from "../call/media.js";
import { signalling } from "../signalling.js";
import { browserOf } from "./browsers.js";
import { fillChoice } from "./choice.js";
import { listen } from "./listen.js";
import { ring, warmUp } from "./tone.js";

const LEVEL_EVERY_MS = 100;
const HEARD_FROM = 0.06;

/** @typedef {import("../call/media.js").LocalMedia} LocalMedia */

/** @param {HTMLElement} part */
export function wake(part) {
  const media = localMedia();
  const socket = signalling();
  let told = "";
  const tell = () => {
    if (part.dataset.stage !== "asked" || socket.state !== "open") return;
    const { camera, microphone } = media.status;
    const news = { camera: wire(camera), microphone: wire(microphone) };
    if (JSON.stringify(news) === told) return;
    told = JSON.stringify(news);
    socket.request("visit.devices", news).catch(() => {
      told = "";
    });
  };
  const update = () => {
    draw(part, media);
    tell();
  };
  const retell = () => {
    told = "";
    tell();
  };
  const translated = () => draw(part, media);
  const sleeps = [
    listen(media, "change", update),
    listen(socket, "open", retell),
    listen(document, "language:changed", translated),
    blurSwitch(part, media),
  ];
  const meter = setInterval(() => measure(part, media), LEVEL_EVERY_MS);
  control(part, media, update);
  warmUp();
  begin(part, media).then(update);
  return () => {
    clearInterval(meter);
    for (const sleep of sleeps) sleep();
    media.stop();
  };
}

/** What the server calls a state: a device that another program holds is not there for us. @param {string} status */
function wire(status) {
  if (status === "bare") return "off";
  return status === "busy" ? "missing" : status;
}

/** @param {HTMLElement} part @param {LocalMedia} media */
async function begin(part, media) {
  part.dataset.stage = "asking";
  draw(part, media);
  await media.start({ video: true, audio: true }).catch(() => null);
  part.dataset.stage = "asked";
}

/** @param {HTMLElement} part @param {LocalMedia} media @param {() => void} update */
function control(part, media, update) {
  part.addEventListener("click", async ({ target }) => {
    if (!(target instanceof Element)) return;
    if (target.closest("[data-tone]")) ring();
    if (target.closest("[data-camera-off]")) media.muteVideo(!media.muted.video);
    if (target.closest("[data-again]")) await begin(part, media);
    update();
  });
  part.addEventListener("change", async ({ target }) => {
    if (!(target instanceof HTMLSelectElement) || !target.dataset.device) return;
    await media.setDevice(/** @type {any} */ (target.dataset.device), target.value);
    update();
  });
}

/** Show the words and the controls that fit. @param {HTMLElement} part @param {LocalMedia} media */
function draw(part, media) {
  const { camera, microphone } = media.status;
  const asked = part.dataset.stage === "asked";
  reveal(part, "[data-stage]", (each) => each.dataset.stage === part.dataset.stage);
  reveal(part, "[data-camera]", (each) => each.dataset.camera === camera);
  const heard = String(part.dataset.heard === "yes");
  reveal(part, "[data-microphone]", ({ dataset }) => {
    return dataset.microphone === microphone && (dataset.heard ?? heard) === heard;
  });
  const works = (/** @type {string} */ state) => state === "ok" || state === "off";
  const wrong = asked && !(works(camera) && works(microphone));
  reveal(part, "[data-again]", () => wrong);
  reveal(part, "[data-camera-off]", () => asked && works(camera));
  part.querySelector("[data-camera-off]")?.setAttribute("aria-pressed", String(camera === "off"));
  reveal(part, "[data-no-picture]", () => asked && camera !== "ok");
  reveal(part, "[data-choice]", () => asked && (works(camera) || works(microphone)));
  const video = part.querySelector("video");
  if (video && video.srcObject !== media.stream) video.srcObject = media.stream ?? null;
  help(part, wrong && [camera, microphone].includes("denied"));
  fillChoice(part, media);
}

/** @param {HTMLElement} part @param {string} selector @param {(each: HTMLElement) => boolean} fits */
function reveal(part, selector, fits) {
  for (const each of part.querySelectorAll(selector)) {
    if (each instanceof HTMLElement) each.hidden = !fits(each);
  }
}

/** Keep the steps for this browser only; open them when they are needed. @param {HTMLElement} part @param {boolean} needed */
function help(part, needed) {
  const browser = browserOf(navigator.userAgent, navigator.maxTouchPoints);
  reveal(part, "[data-browser]", (each) => browser === "other" || each.dataset.browser === browser);
  const details = part.querySelector("[data-help]");
  if (needed && details instanceof HTMLDetailsElement && part.dataset.helped !== "yes") {
    details.open = true;
    part.dataset.helped = "yes";
  }
}

/** Move the bar; the first word that is heard is worth a sentence. @param {HTMLElement} part @param {LocalMedia} media */
function measure(part, media) {
  const level = Math.min(1, media.level());
  const bar = part.querySelector("[data-level]");
  if (bar instanceof HTMLElement) bar.style.setProperty("--level", level.toFixed(2));
  if (level < HEARD_FROM || part.dataset.heard === "yes") return;
  part.dataset.heard = "yes";
  draw(part, media);
}
