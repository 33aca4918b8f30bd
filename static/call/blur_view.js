/** The switch for background blur, and what there is to say of it. */

import { listen } from "./tell.js";
import { part, words } from "./words.js";

/**
 * @param {HTMLElement} root has the switch and its sentences
 * @param {import("./media.js").LocalMedia} media
 * @returns {() => void} lets go
 */
export function blurSwitch(root, media) {
  const place = part(root, "[data-blur=part]");
  const box = /** @type {HTMLInputElement} */ (part(place, "input"));
  const line = part(place, "[data-blur=state]");
  const draw = () => {
    const { state, isWanted } = media.blur;
    box.checked = isWanted || state === "fixed";
    // What was wanted can always be given up.
    box.disabled = !isWanted && (state === "none" || state === "fixed");
    const sentence = words(place, sentenceOf(media));
    // The same sentence again would be read aloud again.
    if (line.textContent !== sentence) line.textContent = sentence;
  };
  const switched = () => media.blur.set(box.checked);
  box.addEventListener("change", switched);
  const off = [listen(media, "change", draw), listen(document, "language:changed", draw)];
  draw();
  return () => {
    box.removeEventListener("change", switched);
    for (const each of off) each();
  };
}

/** @param {import("./media.js").LocalMedia} media */
function sentenceOf(media) {
  if (media.status.camera === "bare") return "hidden";
  return media.track("camera") ? media.blur.state : "dark";
}
