/** The place of one camera or microphone: what is in it, and what steps in when that is unplugged. */

import { capture, wish } from "./capture.js";
import { tell } from "./tell.js";

/** @typedef {import("./capture.js").Device} Device */
/** @typedef {import("./capture.js").DeviceStatus} DeviceStatus */

/** Events: `track` (another track, or none), `lost` (the device went; `detail` has its successor's label). */
export class Slot extends EventTarget {
  muted = false;
  /** @type {MediaStreamTrack | null} */
  track = null;
  /** The id that was asked for, or "" for any. */
  chosen = "";
  /** @type {DeviceStatus} */
  #status = "off";
  /** Whether a track may be seen as it is. @type {(track: MediaStreamTrack) => Promise<boolean>} */
  fits = async () => true;
  #stream;
  #size;

  /**
   * @param {Device} device @param {MediaStream} stream holds the track for the page's own picture
   * @param {() => {width: number, height: number}} size
   */
  constructor(device, stream, size) {
    super();
    this.device = device;
    this.#stream = stream;
    this.#size = size;
  }

  /** A device that is muted is off for everybody who asks. */
  get status() {
    return this.#status === "ok" && this.muted ? "off" : this.#status;
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.muted = muted;
    if (this.track) this.track.enabled = !muted;
  }

  /** What to ask the browser for. */
  get wish() {
    return wish(this.device, this.chosen, this.#size());
  }

  /** Whether another one may be taken as soon as it is plugged in. */
  get gone() {
    return this.#status === "missing" || this.#status === "busy";
  }

  /** Name and id of the device that is in use now. */
  get inUse() {
    const { track } = this;
    return track && { id: track.getSettings().deviceId ?? "", label: track.label };
  }

  /** @param {MediaStreamTrack | null} track @param {DeviceStatus} status */
  put(track, status) {
    const old = this.track;
    this.#status = status;
    if (old === track) return;
    this.track = track;
    if (old) this.#stream.removeTrack(old);
    if (track) {
      track.enabled = !this.muted;
      this.#stream.addTrack(track);
      track.onended = () => track === this.track && this.replace();
    }
    tell(this, "track", track);
    old?.stop();
  }

  /** Use the device with this id from now on. @param {string} id */
  async exchange(id) {
    this.chosen = id;
    const captured = await this.#capture();
    if (captured.tracks[this.device]) return this.take(captured);
    // Some devices do not open while another one is open, most of all the two cameras of a phone.
    this.put(null, "missing");
    await this.open();
    if (!this.track && this.#status !== "bare") await this.replace();
  }

  /** The device is gone: take any other. */
  async replace() {
    this.chosen = "";
    this.put(null, "missing");
    await this.open();
    tell(this, "lost", this.inUse?.label ?? "");
  }

  async open() {
    await this.take(await this.#capture());
  }

  /** Let what was captured take its place, unless it may not be seen. @param {import("./capture.js").Captured} captured */
  async take({ tracks, status }) {
    const track = tracks[this.device] ?? null;
    if (!track || (await this.fits(track))) {
      return this.put(track, status[this.device] ?? "missing");
    }
    track.stop();
    this.put(null, "bare");
  }

  #capture() {
    return capture({ [this.device]: this.wish });
  }
}
