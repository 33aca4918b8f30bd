/** The pictures on the board: fetches what is sealed, opens it here, and hangs it in its place. */

import { randomHex } from "../../random.js";
import { request } from "../../session.js";
import { blobOf, decoded, drawn } from "./encode.js";
import { element } from "./ink.js";
import { bytesOf, open, seal, written } from "./seal.js";

/** @typedef {import("./shapes.js").Item} Item @typedef {import("./shapes.js").Sealed} Sealed */

/** The server takes no more; its sentence says why. */
export class RefusalError extends Error {}

const TRIES = 4;
const AGAIN_MS = 2000;

export class Pictures {
  /** Opened pictures, by their file. @type {Map<string, Promise<string>>} */
  #opened = new Map();
  #call;
  #isOver = false;

  /** @param {string} call */
  constructor(call) {
    this.#call = call;
  }

  /** With the call all keys and pictures are gone from this page. */
  stop() {
    this.#isOver = true;
    for (const opened of this.#opened.values()) {
      opened.then((address) => URL.revokeObjectURL(address)).catch(() => {});
    }
    this.#opened.clear();
  }

  /** Bring a picture to its place as soon as it is there. @param {Item} item @param {Element} place */
  hang({ file }, place) {
    const frame = place.firstElementChild;
    if (!file || !frame) return;
    const known = this.#opened.get(file.id) ?? this.#fetched(file);
    this.#opened.set(file.id, known);
    known.then(
      (address) => {
        const [x, y, width, height] = ["x", "y", "width", "height"].map(
          (side) => frame.getAttribute(side) ?? "0",
        );
        place.replaceChildren(element("image", { x, y, width, height, href: address }));
      },
      () => {
        // The next time that the sheet is drawn it is tried again.
        this.#opened.delete(file.id);
        frame.setAttribute("class", "board-place is-missing");
      },
    );
  }

  /** Seal a picture and leave it with the server. @param {Uint8Array} picture @returns {Promise<Sealed>} */
  async keep(picture) {
    const id = randomHex(16);
    const { key, sealed } = await seal(picture, { call: this.#call, file: id });
    const response = await request(this.#path(id), {
      method: "PUT",
      headers: { "Content-Type": "application/octet-stream", Accept: "application/json" },
      body: /** @type {BodyInit} */ (sealed),
    });
    if (!response.ok) throw new RefusalError((await response.json()).error.message);
    return { id, key: written(key) };
  }

  /** @param {string} file */
  #path(file) {
    return `/calls/${this.#call}/files/${file}`;
  }

  /** @param {Sealed} file @returns {Promise<string>} the address of a picture that was drawn here */
  async #fetched({ id, key }) {
    const sealed = await this.#sealed(id);
    const picture = await open(sealed, bytesOf(key), { call: this.#call, file: id });
    const canvas = drawn(await decoded(picture));
    const address = URL.createObjectURL(await blobOf(canvas, "image/png"));
    if (this.#isOver) URL.revokeObjectURL(address);
    return address;
  }

  /** The server may be away for a moment. @param {string} id */
  async #sealed(id) {
    for (let left = TRIES; ; left -= 1) {
      const response = await request(this.#path(id)).catch(() => null);
      if (response?.ok) return new Uint8Array(await response.arrayBuffer());
      const isAway = !response || response.status >= 500;
      if (!isAway || left <= 1 || this.#isOver) throw new Error("The picture cannot be fetched.");
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
