/** The way of one screen's board to one page: it shares the data channel with those of the other screens. */

import { addressed } from "./post.js";

/** @typedef {import("../board/board.js").Channel} Channel */

/** @implements {Channel} */
export class Lane {
  /** @type {Channel["onmessage"]} */
  onmessage = null;
  /** @type {Channel["onopen"]} */
  onopen = null;
  #channel;
  #key;

  /** @param {Channel} channel @param {string} key */
  constructor(channel, key) {
    this.#channel = channel;
    this.#key = key;
  }

  get readyState() {
    return this.#channel.readyState;
  }

  /** @param {string} data */
  send(data) {
    this.#channel.send(addressed(this.#key, data));
  }
}
