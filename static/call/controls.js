/** The buttons under the picture and their keys. */

import { canShare, share } from "./screen.js";
import { part } from "./words.js";

/** @typedef {import("./call.js").Call} Call */

const KEYS = /** @type {Record<string, string>} */ ({ m: "audio", v: "video" });

/**
 * @param {HTMLElement} root
 * @param {{media: import("./media.js").LocalMedia, call: () => Call | null, status: import("./status.js").Status}} with_
 * @returns {() => void} lets go
 */
export function control(root, { media, call, status }) {
  const controls = part(root, ".call-controls");
  const more = part(root, "#call-more");
  part(controls, "[data-do=share]").hidden = !canShare();

  const opener = part(controls, "[data-do=more]");
  const unfold = (/** @type {boolean} */ open) => {
    more.classList.toggle("is-open", open);
    opener.setAttribute("aria-expanded", String(open));
  };

  /** @type {Record<string, () => void>} */
  const acts = {
    audio: () => {
      media.muteAudio(!media.muted.audio);
      status.say(media.muted.audio ? "audio-off" : "audio-on");
    },
    video: () => {
      media.muteVideo(!media.muted.video);
      status.say(media.muted.video ? "video-off" : "video-on");
    },
    share: async () => {
      if (media.track("screen")) media.share(null);
      else if (call()) await share(media).catch(() => status.say("sharing-failed"));
    },
    more: () => unfold(!more.classList.contains("is-open")),
    "hang-up": () => call()?.leave(),
  };

  const draw = () => {
    press(controls, "audio", media.muted.audio);
    press(controls, "video", media.muted.video);
    press(controls, "share", media.track("screen") !== null);
    root.classList.toggle("is-dark", media.status.camera !== "ok");
  };
  const clicked = (/** @type {Event} */ { target }) => {
    const button = target instanceof Element && target.closest("[data-do]");
    if (!(button instanceof HTMLElement)) return;
    acts[button.dataset.do ?? ""]?.();
    if (!more.contains(button)) return;
    // The unfolded buttons would cover what was chosen; the focus does not go with them.
    if (document.activeElement === button && opener.checkVisibility()) opener.focus();
    unfold(false);
  };
  const typed = (/** @type {KeyboardEvent} */ event) => {
    const act = KEYS[event.key.toLowerCase()];
    if (!act || !call() || isElsewhere(event)) return;
    event.preventDefault();
    acts[act]();
  };
  controls.addEventListener("click", clicked);
  part(root, "[data-late=end]").addEventListener("click", acts["hang-up"]);
  document.addEventListener("keydown", typed);
  media.addEventListener("change", draw);
  draw();
  return () => {
    document.removeEventListener("keydown", typed);
    media.removeEventListener("change", draw);
  };
}

/** Whether a key belongs to a field, or to the browser. @param {KeyboardEvent} event */
function isElsewhere({ target, ctrlKey, metaKey, altKey, repeat }) {
  const writing =
    target instanceof Element && target.closest("input, textarea, select, [contenteditable]");
  // Who speaks to the computer turns single keys off.
  const unwanted = document.documentElement.dataset.shortcuts === "off";
  return Boolean(writing) || unwanted || ctrlKey || metaKey || altKey || repeat;
}

/** @param {HTMLElement} controls @param {string} act @param {boolean} pressed */
function press(controls, act, pressed) {
  part(controls, `[data-do=${act}]`).setAttribute("aria-pressed", String(pressed));
}
