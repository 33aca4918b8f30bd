/**
 * Compares the keys of all of a call, anew at each change of the roster. Each page first commits
 * itself, then all reveal: who stands in between has to choose without knowing, and has one try in
 * four thousand million.
 */

import { Round } from "./round.js";
import { epochOf } from "./rules.js";

/** @typedef {import("./rules.js").Known} Known */
/** @typedef {{type: "commit", call: string, epoch: number, commitment: string, language: string} | {type: "reveal", epoch: number, fingerprint: string, name: string, nonce: string}} SecurityWord */
/** @typedef {{state: "ready", epoch: number, code: Uint8Array, lot: number, languages: Map<string, string>} | {state: "broken", reason: string, who: string[]} | {state: "missing" | "renamed", who: string[]} | {state: "waiting"}} Outcome `who`: participants */
/**
 * @typedef {{call: string, language: string, seen: Set<string>, tell: (outcome: Outcome) => void,
 *   say: (participant: string, word: SecurityWord) => void}} Of `seen`: commitments of this page's calls
 */
/** @typedef {{from: string, word: any, link: symbol | undefined}} Said and over which connection */

const MOST_EARLY = 100;

export class Exchange {
  /** The highest number that anybody has given to a comparison of this call, up to the last change. */
  epoch = 0;
  /** @type {Round | null} */
  #round = null;
  /** What was said while this page could not compare. @type {Said[]} */
  #early = [];
  /** Tells each connection from an earlier one with the same person. @type {Map<string, symbol>} */
  #links = new Map();
  #turn = Promise.resolve();
  #of;

  /** @param {Of} of */
  constructor(of) {
    this.#of = of;
  }

  /** The connection to somebody is new or gone: what was compared counts no more. @param {string} participant */
  pause(participant) {
    this.stop();
    this.#links.set(participant, Symbol(participant));
    this.#early = this.#early.filter(({ from }) => from !== participant);
  }

  /** Bind this page anew, once every connection stands. @param {Known} me @param {Known[]} others with the keys of the descriptions that were applied */
  begin(me, others) {
    this.stop();
    const round = new Round(this.#of, me, others);
    this.#round = round;
    return this.#inTurn(async () => {
      if (round.isStopped) return;
      const early = this.#early.splice(0);
      await round.commit(Math.max(this.epoch + 1, ...early.map(({ word }) => epochOf(word))));
      for (const said of early) await this.#take(said);
    });
  }

  /** @param {string} from @param {any} word a commitment or what it stood for, from another page */
  hear(from, word) {
    const said = { from, word, link: this.#links.get(from) };
    return this.#inTurn(() => this.#take(said));
  }

  /** Compare nothing until the next beginning; what the others say meanwhile is kept for it. */
  stop() {
    this.epoch = Math.max(this.epoch, this.#round?.epoch ?? 0);
    this.#round?.stop();
  }

  /** @param {Said} said */
  async #take(said) {
    const { from, word, link } = said;
    // They have gone since, or loaded their page anew: it would look like a stranger, or a second try.
    if (link !== this.#links.get(from)) return;
    const round = this.#round;
    if (round?.epoch && !round.isStopped) return round.take(from, word);
    this.#early = [...this.#early, said].slice(-MOST_EARLY);
  }

  /** @param {() => Promise<void>} act */
  #inTurn(act) {
    this.#turn = this.#turn.then(act).catch(() => this.#round?.break("shape"));
    return this.#turn;
  }
}
