/** The choice of camera, microphone and speaker, and which of them is in use. */

import { blurSwitch } from "./blur_view.js";
import { part, words } from "./words.js";

/** @typedef {import("./media.js").LocalMedia} LocalMedia */
/** @typedef {import("./media.js").Kind} Kind */

const KINDS = /** @type {Record<Kind, MediaDeviceKind>} */ ({
  camera: "videoinput",
  microphone: "audioinput",
  speaker: "audiooutput",
});

/**
 * Fill the lists now and whenever something changes.
 * @param {HTMLElement} root @param {LocalMedia} media @param {() => boolean} visible
 * @returns {{draw: () => Promise<void>, stop: () => void}}
 */
export function choose(root, media, visible) {
  const rows = [...root.querySelectorAll("[data-kind]")].filter(
    (row) => row instanceof HTMLElement,
  );
  const draw = async () => {
    if (!visible()) return;
    const devices = await media.devices();
    for (const row of rows) fill(root, row, devices, media);
  };
  for (const row of rows) {
    part(row, "select").addEventListener("change", ({ target }) => {
      const { value } = /** @type {HTMLSelectElement} */ (target);
      media.setDevice(/** @type {Kind} */ (row.dataset.kind), value);
    });
  }
  media.addEventListener("change", draw);
  const off = blurSwitch(root, media);
  const stop = () => {
    media.removeEventListener("change", draw);
    off();
  };
  return { draw, stop };
}

/** @param {HTMLElement} root @param {HTMLElement} row @param {MediaDeviceInfo[]} devices @param {LocalMedia} media */
function fill(root, row, devices, media) {
  const kind = /** @type {Kind} */ (row.dataset.kind);
  const own = devices.filter((device) => device.kind === KINDS[kind] && device.deviceId);
  const options = own.map(({ deviceId, label }, place) => {
    return new Option(label || words(root, "device", { number: String(place + 1) }), deviceId);
  });
  if (kind === "speaker") options.unshift(new Option(words(root, "default"), ""));
  const list = /** @type {HTMLSelectElement} */ (part(row, "select"));
  // Redrawing an unchanged list would close it under the finger.
  const news = JSON.stringify(options.map(({ value, text }) => [value, text]));
  if (list.dataset.shown !== news) list.replaceChildren(...options);
  list.dataset.shown = news;
  if (kind === "speaker") {
    list.value = media.speaker.id;
    row.hidden = !("setSinkId" in HTMLMediaElement.prototype) || own.length < 2;
    return;
  }
  const used = media.inUse(kind);
  list.value = used?.id ?? "";
  const state = part(row, `[data-call=${kind}-state]`);
  state.textContent = words(root, `${kind}-${media.status[kind]}`, { label: used?.label ?? "" });
}
