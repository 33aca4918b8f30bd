/** Background blur, where camera and system can do it. Who wants it is never shown without it: rather not at all. */

import * as store from "../store.js";
import { listen, tell } from "./tell.js";

/** @typedef {"on" | "off" | "fixed" | "none"} State */

const KEY = "portal.blur";

/** Events: `hidden` (the blur could not be had or was lost, so that the camera is off). */
export class Blur extends EventTarget {
  #slot;
  #inTurn;

  /** @param {import("./slot.js").Slot} slot of the camera @param {(act: () => Promise<void>) => Promise<void>} inTurn */
  constructor(slot, inTurn) {
    super();
    this.#slot = slot;
    this.#inTurn = inTurn;
    slot.fits = (track) => this.#holds(track);
    listen(slot, "track", (/** @type {MediaStreamTrack | null} */ track) => {
      // W3C mediacapture-extensions: the system's own switch is told by this event.
      track?.addEventListener("configurationchange", () => this.#changed(track));
    });
  }

  /** It is kept over a reload, which would show the room again. */
  get isWanted() {
    return store.read(KEY) === "on";
  }

  /** Whether it is on and can be switched; `fixed`: the system alone switches it; `none`: nothing is offered. @returns {State} */
  get state() {
    const { track } = this.#slot;
    if (!track) return "none";
    if (isSwitchable(track)) return isBlurred(track) ? "on" : "off";
    return isBlurred(track) ? "fixed" : "none";
  }

  /** @param {boolean} isWanted */
  set(isWanted) {
    if (isWanted) store.write(KEY, "on");
    else store.remove(KEY);
    return this.#inTurn(async () => {
      const { track, status } = this.#slot;
      if (!track) return status === "bare" ? this.#slot.open() : undefined;
      const isDone = await this.#apply(track, isWanted);
      if (isWanted && !isDone) this.#hide();
    });
  }

  /** @param {MediaStreamTrack} track */
  async #holds(track) {
    const holds = !this.isWanted || (await this.#apply(track, true));
    if (!holds) tell(this, "hidden");
    return holds;
  }

  /** @param {MediaStreamTrack} track @param {boolean} isOn @returns {Promise<boolean>} whether it is so */
  async #apply(track, isOn) {
    if (isBlurred(track) === isOn) return true;
    if (!isSwitchable(track)) return false;
    // What is not named again would be given up.
    const wish = { ...this.#slot.wish, backgroundBlur: { exact: isOn } };
    await track.applyConstraints(wish).catch(() => {});
    return isBlurred(track) === isOn;
  }

  /** @param {MediaStreamTrack} track */
  #changed(track) {
    return this.#inTurn(async () => {
      const isLost = track === this.#slot.track && this.isWanted && !isBlurred(track);
      if (isLost && !(await this.#apply(track, true))) this.#hide();
    });
  }

  #hide() {
    this.#slot.put(null, "bare");
    tell(this, "hidden");
  }
}

/** @param {MediaStreamTrack} track */
function isSwitchable(track) {
  const offered = /** @type {any} */ (track.getCapabilities?.())?.backgroundBlur;
  return Array.isArray(offered) && offered.includes(true) && offered.includes(false);
}

/** @param {MediaStreamTrack} track */
const isBlurred = (track) => /** @type {any} */ (track.getSettings()).backgroundBlur === true;
