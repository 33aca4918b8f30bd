/** Speaks the envelope of media/SIGNALLING.md over one socket: requests, answers, errors, and the way back after a loss. */

import { sessionId } from "./incarnation.js";

export { sessionId };

const ANSWER_MS = 8000;
// TURN credentials die after two hours, so that new ones are fetched well before.
const GREET_AGAIN_MS = 60 * 60 * 1000;

/** @typedef {Record<string, any>} Body */
/** @typedef {{on: (event: string, listener: (...values: any[]) => void) => unknown, emit: (event: string, value: Body) => unknown, connect: () => unknown, disconnect: () => unknown}} Socket */

/** A request that was refused, or never answered. */
export class SignallingError extends Error {
  /** @param {{code: string, message?: string, details?: Body}} error */
  constructor({ code, message = code, details = {} }) {
    super(message);
    this.name = "SignallingError";
    this.code = code;
    this.details = details;
  }
}

/** The conversation with the server. Events: `open`, `closed`, `refused`, `ice`. */
export class Signalling extends EventTarget {
  /** @type {"connecting" | "open" | "closed"} */
  state = "closed";
  /** @type {{servers: RTCIceServer[], relay_only: boolean}} */
  ice = { servers: [], relay_only: false };
  /** @type {Map<string, {resolve: (body: Body) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  /** @type {Map<string, Set<(body: any) => void>>} */
  #listeners = new Map();
  #count = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #again;
  #socket;

  /** @param {Socket} socket Comes back by itself, and is connected by `connect()` only. */
  constructor(socket) {
    super();
    this.#socket = socket;
    socket.on("connect", () => this.greet());
    socket.on("disconnect", () => this.#close());
    socket.on("connect_error", () => this.dispatchEvent(new Event("refused")));
    socket.on("message", (raw) => this.#receive(raw));
  }

  connect() {
    if (this.state !== "closed") return;
    this.state = "connecting";
    this.#socket.connect();
  }

  disconnect() {
    this.#socket.disconnect();
    this.#close();
  }

  /**
   * Ask the server; waits for the socket if it is away.
   * @param {string} type @param {Body} body @returns {Promise<any>}
   */
  async request(type, body, timeoutMs = ANSWER_MS) {
    const until = Date.now() + timeoutMs;
    if (this.state !== "open") await this.#opened(timeoutMs);
    return this.#ask(type, body, until - Date.now());
  }

  /**
   * Tell the server without waiting for an answer; says whether the socket was there.
   * @param {string} type @param {Body} body
   */
  send(type, body) {
    if (this.state !== "open") return false;
    this.#socket.emit("message", { type, [type]: body });
    return true;
  }

  /**
   * Listen for messages of one type.
   * @param {string} type @param {(body: any) => void} listener @returns {() => void} stops listening
   */
  on(type, listener) {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** @param {string} type @param {Body} body @param {number} timeoutMs @returns {Promise<any>} */
  #ask(type, body, timeoutMs) {
    const id = String(++this.#count);
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const late = () => this.#waiting.get(id)?.reject(new SignallingError({ code: "timeout" }));
    const timer = setTimeout(late, timeoutMs);
    this.#socket.emit("message", { id, type, [type]: body });
    return answer.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(id);
    });
  }

  /** @param {number} timeoutMs @returns {Promise<void>} */
  #opened(timeoutMs) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new SignallingError({ code: "timeout" })), timeoutMs);
      const done = () => {
        clearTimeout(timer);
        resolve();
      };
      this.addEventListener("open", done, { once: true });
    });
  }

  /** @returns {Promise<boolean>} whether the server has answered */
  async greet(timeoutMs = ANSWER_MS) {
    const hello = { version: "1.0", features: ["trickle", "rejoin"], session: sessionId };
    try {
      this.ice = (await this.#ask("hello", hello, timeoutMs)).ice;
    } catch (error) {
      this.dispatchEvent(new CustomEvent("refused", { detail: error }));
      return false;
    }
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.greet(), GREET_AGAIN_MS);
    const fresh = this.state !== "open";
    this.state = "open";
    this.dispatchEvent(new Event(fresh ? "open" : "ice"));
    return true;
  }

  #close() {
    clearTimeout(this.#again);
    this.state = "closed";
    for (const { reject } of [...this.#waiting.values()]) {
      reject(new SignallingError({ code: "connection_lost" }));
    }
    this.dispatchEvent(new Event("closed"));
  }

  /** @param {Body} raw */
  #receive(raw) {
    const { id, type } = raw;
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (waiting && type === "error") waiting.reject(new SignallingError(raw.error));
    else if (waiting) waiting.resolve(raw[type]);
    else for (const listener of this.#listeners.get(type) ?? []) listener(raw[type]);
  }
}
