/**
 * Decides what to fetch when the server says that visits have changed: one row, or the whole queue
 * when much has changed at once. An answer that is older than what was heard since is not shown.
 */

// More rows under way than that, and one look at the whole queue is cheaper.
const FEW = 6;
const SETTLE_MS = 400;

/** @typedef {() => void} Show puts an answer into the page */

export class News {
  /** Rows under way: whether there was news of them again meanwhile. @type {Map<string, boolean>} */
  #asking = new Map();
  #whole = false;
  #old = false;
  /** How often the whole queue was asked for; rows asked for before know less. */
  #round = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #soon;
  #fetch;

  /** @param {{ one: (visit: string) => Promise<Show>, all: () => Promise<Show> }} fetch */
  constructor(fetch) {
    this.#fetch = fetch;
  }

  /** A visit has changed. @param {string} visit @param {boolean} [partial] the page shows only a part of the queue */
  heard(visit, partial = false) {
    if (this.#whole) this.#old = true;
    else if (this.#asking.has(visit)) this.#asking.set(visit, true);
    else if (!partial && this.#asking.size < FEW) this.#one(visit);
    else this.#soon ??= setTimeout(() => this.refresh(), SETTLE_MS);
  }

  /** Fetch the whole queue; news that comes meanwhile asks for it once more. */
  async refresh() {
    this.stop();
    this.#old = this.#whole;
    if (this.#whole) return;
    this.#whole = true;
    this.#round++;
    const show = await this.#fetch.all();
    this.#whole = false;
    show();
    if (this.#old) await this.refresh();
  }

  stop() {
    clearTimeout(this.#soon);
    this.#soon = undefined;
  }

  /** @param {string} visit @returns {Promise<void>} */
  async #one(visit) {
    const round = this.#round;
    this.#asking.set(visit, false);
    const show = await this.#fetch.one(visit);
    const again = this.#asking.get(visit);
    this.#asking.delete(visit);
    if (round !== this.#round) return;
    if (again) await this.#one(visit);
    else show();
  }
}
