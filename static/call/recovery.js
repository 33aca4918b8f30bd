/** Decides when a connection that is in trouble is to look for a new path; it never gives up. */

const PATIENCE_MS = 3000;
const AGAIN_MS = 6000;
const STRANDED_MS = 8000;

/** @typedef {"connecting" | "connected" | "interrupted" | "failed" | "unreachable"} State */

export class Recovery {
  /** @type {State} */
  state = "connecting";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;
  #everConnected = false;
  #restart;
  #tell;

  /**
   * @param {() => void} restart looks for a new path (ICE restart)
   * @param {(state: State) => void} tell hears each new state
   */
  constructor(restart, tell) {
    this.#restart = restart;
    this.#tell = tell;
  }

  /** What the browser says of the connection. @param {RTCPeerConnectionState} state */
  follow(state) {
    if (state === "connected") this.#connected();
    else if (state === "disconnected") this.#trouble("interrupted", PATIENCE_MS);
    else if (state === "failed") this.#trouble("failed", 0);
  }

  /** The other side's page has gone away or is reloading. */
  silent() {
    if (this.state === "connected") this.#become("interrupted");
  }

  /** A relay that is away says nothing at all, so that only waiting tells. @param {() => boolean} reachable */
  expect(reachable) {
    this.#patience = setTimeout(() => {
      if (!reachable() && this.state !== "connected") this.#trouble("unreachable", AGAIN_MS);
    }, STRANDED_MS);
  }

  /** The device has a network again, perhaps another one. */
  online() {
    if (this.#everConnected) this.#soon(0);
  }

  stop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#patience);
  }

  #connected() {
    clearTimeout(this.#timer);
    this.#everConnected = true;
    this.#become("connected");
  }

  /** @param {State} state @param {number} wait */
  #trouble(state, wait) {
    this.#become(state);
    this.#soon(wait);
  }

  /** @param {number} wait */
  #soon(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#restart();
      // The network may need longer than one attempt takes.
      if (this.state !== "connected") this.#soon(AGAIN_MS);
    }, wait);
  }

  /** @param {State} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.#tell(state);
  }
}
