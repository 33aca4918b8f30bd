/** Asks the browser for camera and microphone, one by one if need be, and says exactly why one is not there. */

/** @typedef {"camera" | "microphone"} Device */
/** @typedef {"ok" | "off" | "denied" | "missing" | "busy" | "bare"} DeviceStatus `bare`: it may not be seen as it is */
/** @typedef {Partial<Record<Device, MediaTrackConstraints>>} Wishes */
/** @typedef {{tracks: Partial<Record<Device, MediaStreamTrack>>, status: Partial<Record<Device, DeviceStatus>>}} Captured */

/** @type {Record<string, DeviceStatus>} */
const REASONS = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** @param {unknown} error @returns {DeviceStatus} */
export function reasonOf(error) {
  return (error instanceof Error && REASONS[error.name]) || "missing";
}

/**
 * What to ask the browser for.
 * @param {Device} device @param {string} id one device, or "" for any
 * @param {{width: number, height: number}} size
 * @returns {MediaTrackConstraints}
 */
export function wish(device, id, size) {
  const which = id ? { deviceId: { exact: id } } : {};
  if (device === "microphone") return { ...which, echoCancellation: true, noiseSuppression: true };
  const { width, height } = size;
  const face = id ? {} : { facingMode: "user" };
  return { ...which, ...face, width: { ideal: width }, height: { ideal: height } };
}

/**
 * Get what is wished for. One question to the person if both can be had, else one for each.
 * @param {Wishes} wishes @returns {Promise<Captured>}
 */
export async function capture(wishes) {
  const wanted = /** @type {Device[]} */ (Object.keys(wishes));
  if (!wanted.length) return { tracks: {}, status: {} };
  try {
    return found(await ask(wishes), wanted);
  } catch (error) {
    if (wanted.length > 1) return separately(wishes, wanted);
    return { tracks: {}, status: { [wanted[0]]: reasonOf(error) } };
  }
}

/** @param {Wishes} wishes @param {Device[]} wanted @returns {Promise<Captured>} */
async function separately(wishes, wanted) {
  /** @type {Captured} */
  const all = { tracks: {}, status: {} };
  for (const device of wanted) {
    const one = await capture({ [device]: wishes[device] });
    Object.assign(all.tracks, one.tracks);
    Object.assign(all.status, one.status);
  }
  return all;
}

/** @param {Wishes} wishes */
function ask({ camera = undefined, microphone = undefined }) {
  const { mediaDevices } = navigator;
  // Browsers offer no devices at all to a page that is not served securely.
  if (!mediaDevices) throw new DOMException("no secure context", "SecurityError");
  return mediaDevices.getUserMedia({ video: camera ?? false, audio: microphone ?? false });
}

/** @param {MediaStream} stream @param {Device[]} wanted @returns {Captured} */
function found(stream, wanted) {
  /** @type {Captured} */
  const all = { tracks: {}, status: {} };
  for (const device of wanted) {
    const [track] = device === "camera" ? stream.getVideoTracks() : stream.getAudioTracks();
    all.tracks[device] = track;
    all.status[device] = track ? "ok" : "missing";
  }
  return all;
}
