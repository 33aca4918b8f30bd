/** The page's own camera, microphone and shared screen: how they are, and which of them is in use. */

import { Blur } from "./blur.js";
import { capture } from "./capture.js";
import { Level } from "./level.js";
import { Slot } from "./slot.js";
import { Speaker } from "./speaker.js";
import { listen, tell } from "./tell.js";

/** @typedef {import("./capture.js").Device} Device @typedef {Device | "speaker"} Kind */

const DEVICES = /** @type {Device[]} */ (["camera", "microphone"]);

/**
 * Events: `change` (anything that is shown), `track` (a line carries another track), `ended`
 * (a device went away: `detail` has its kind, and the label of the one that stepped in or "").
 */
export class LocalMedia extends EventTarget {
  /** What cameras are asked for first; others serve as well. */
  size = { width: 640, height: 480 };
  stream = new MediaStream();
  speaker = new Speaker();
  /** @type {MediaStreamTrack | null} */
  #screen = null;
  #busy = Promise.resolve();
  #level = new Level();
  #slots = { camera: this.#slot("camera"), microphone: this.#slot("microphone") };
  blur = new Blur(this.#slots.camera, (act) => this.#inTurn(act));

  constructor() {
    super();
    const plugged = () => this.#inTurn(() => this.#plugged());
    navigator.mediaDevices?.addEventListener("devicechange", plugged);
  }

  /** How each device is: `ok`, `off` (also when muted), or why it is not there. */
  get status() {
    return { camera: this.#slots.camera.status, microphone: this.#slots.microphone.status };
  }

  get muted() {
    return { audio: this.#slots.microphone.muted, video: this.#slots.camera.muted };
  }

  /**
   * Turn on what is not on yet; `status` says what could not be had, and why.
   * @param {{video?: boolean, audio?: boolean}} [wanted]
   */
  start({ video = true, audio = true } = {}) {
    const wanted = { camera: video, microphone: audio };
    return this.#inTurn(() => this.#open(DEVICES.filter((device) => wanted[device])));
  }

  stop() {
    this.share(null);
    return this.#inTurn(async () => {
      for (const device of DEVICES) this.#slots[device].put(null, "off");
    });
  }

  /** Use another device from now on. @param {Kind} kind @param {string} deviceId */
  setDevice(kind, deviceId) {
    return this.#inTurn(async () => {
      if (kind === "speaker") this.speaker.id = deviceId;
      else await this.#slots[kind].exchange(deviceId);
    });
  }

  /** Everything this browser can see and hear with, and speak through. */
  devices() {
    return navigator.mediaDevices.enumerateDevices();
  }

  /** The device that is in use now. @param {Device} device */
  inUse(device) {
    return this.#slots[device].inUse;
  }

  /** @param {boolean} muted */
  muteAudio(muted) {
    this.#slots.microphone.mute(muted);
    tell(this, "change");
  }

  /** @param {boolean} muted */
  muteVideo(muted) {
    this.#slots.camera.mute(muted);
    tell(this, "change");
  }

  /** Show this screen to the others, or none. @param {MediaStreamTrack | null} track */
  share(track) {
    if (track === this.#screen) return;
    this.#screen?.stop();
    this.#screen = track;
    tell(this, "track", { line: "screen", track });
    tell(this, "change");
  }

  /** What a line of a connection carries now. @param {import("./link.js").Line} line */
  track(line) {
    if (line === "screen") return this.#screen;
    return this.#slots[line === "camera" ? "camera" : "microphone"].track;
  }

  /** How loud the microphone is, from 0 to 1. */
  level() {
    return this.#level.read(this.#slots.microphone.track);
  }

  /** @param {Device[]} devices */
  async #open(devices) {
    const missing = devices.filter((device) => !this.#slots[device].track);
    const wishes = Object.fromEntries(missing.map((each) => [each, this.#slots[each].wish]));
    const captured = await capture(wishes);
    for (const device of missing) await this.#slots[device].take(captured);
  }

  /** Something was plugged in or out; a camera or microphone that goes says so itself. */
  async #plugged() {
    await this.#open(DEVICES.filter((device) => this.#slots[device].gone));
    if (await this.speaker.lost()) tell(this, "ended", { kind: "speaker", label: "" });
  }

  /** @param {Device} device */
  #slot(device) {
    const slot = new Slot(device, this.stream, () => this.size);
    listen(slot, "track", (track) => {
      tell(this, "track", { line: device === "camera" ? "camera" : "audio", track });
      tell(this, "change");
    });
    listen(slot, "lost", (label) => tell(this, "ended", { kind: device, label }));
    return slot;
  }

  /** One change after the other: browsers confuse two questions at once. @param {() => Promise<void>} act */
  #inTurn(act) {
    const done = this.#busy.then(act).finally(() => tell(this, "change"));
    this.#busy = done.catch(() => {});
    return done;
  }
}

let only = /** @type {LocalMedia | null} */ (null);

/** @returns {LocalMedia} the page's single instance */
export function localMedia() {
  only ??= new LocalMedia();
  return only;
}
