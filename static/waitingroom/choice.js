/** The lists of cameras and microphones; the one in use is the one that is chosen. */

/** @typedef {import("../call/media.js").LocalMedia} LocalMedia */

/** @param {HTMLElement} part @param {LocalMedia} media */
export async function fillChoice(part, media) {
  const devices = await media.devices().catch(() => null);
  if (!devices) return;
  for (const list of part.querySelectorAll("select[data-device]")) {
    if (!(list instanceof HTMLSelectElement)) continue;
    const device = list.dataset.device === "camera" ? "camera" : "microphone";
    const kind = device === "camera" ? "videoinput" : "audioinput";
    const own = devices.filter((each) => each.kind === kind && each.deviceId);
    fill(list, own, media.inUse(device)?.id ?? "");
  }
}

/** @param {HTMLSelectElement} list @param {MediaDeviceInfo[]} devices @param {string} inUse */
function fill(list, devices, inUse) {
  const news = JSON.stringify([devices, inUse]);
  if (list.dataset.shown === news) return;
  list.dataset.shown = news;
  list.replaceChildren(...devices.map(({ deviceId, label }) => new Option(label, deviceId)));
  list.value = inUse;
  if (list.parentElement) list.parentElement.hidden = devices.length === 0;
}
