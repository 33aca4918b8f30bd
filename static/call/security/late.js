/** Hands to a part that is fetched on demand what is asked of it, in the order in which it was asked. */

/** @template T */
export class Late {
  /** @type {T | null} */
  #part = null;
  /** @type {((part: T) => void)[]} */
  #acts = [];
  #isAsked = false;
  #fetch;
  #failed;

  /** @param {() => Promise<T>} fetch @param {() => void} failed */
  constructor(fetch, failed) {
    this.#fetch = fetch;
    this.#failed = failed;
  }

  /** @param {(part: T) => void} act */
  ask(act) {
    if (this.#part) return act(this.#part);
    this.#acts.push(act);
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#fetch().then((part) => this.#arrived(part), this.#failed);
  }

  /** Nothing to do for a part that nobody has asked for yet. @param {(part: T) => void} act */
  tell(act) {
    if (this.#isAsked) this.ask(act);
  }

  /** @param {T} part */
  #arrived(part) {
    this.#part = part;
    for (const act of this.#acts.splice(0)) act(part);
  }
}
