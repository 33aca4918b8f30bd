/**
 * One comparison of keys over one connection. Each page first commits itself, then both reveal: who
 * stands in between has to choose without knowing, and has one try in four thousand million.
 */

import { codeOf, commitment, freshNonce, hex, unhex } from "./code.js";

/** @typedef {import("./code.js").Party} Party */
/** @typedef {{type: "commit", call: string, epoch: number, commitment: string, language: string} | {type: "reveal", fingerprint: string, name: string, nonce: string}} SecurityWord */
/** @typedef {{state: "ready", code: Uint8Array, language: string, own: string} | {state: "broken", reason: string} | {state: "missing" | "renamed"}} Outcome */
/**
 * @typedef {{call: string, me: Omit<Party, "nonce">, them: Omit<Party, "nonce">, epoch: number, language: string,
 *   say: (word: SecurityWord) => void, tell: (outcome: Outcome) => void, seen: Set<string>}} Of
 *   `them.fingerprint` is that of the description that was applied; `seen`: commitments of this page's calls
 */

const PATIENCE_MS = 20_000;

export class Exchange {
  #of;
  #turn = Promise.resolve();
  /** @type {Party} */
  #own;
  #ours = "";
  /** The highest number that either side has given to this comparison. */
  epoch;
  /** @type {{epoch: number, commitment: string, language: string} | null} */
  #theirs = null;
  #heardStale = false;
  #isDone = false;
  #isStopped = false;
  #patience;

  /** @param {Of} of */
  constructor(of) {
    this.#of = of;
    this.epoch = of.epoch;
    this.#own = { ...of.me, nonce: freshNonce() };
    this.#patience = setTimeout(() => this.#giveUp(), PATIENCE_MS);
    this.#inTurn(() => this.#commit());
  }

  /** @param {any} word a commitment or what it stood for, from the other page */
  hear(word) {
    return this.#inTurn(async () => {
      if (this.#isStopped) return;
      await (word.type === "commit" ? this.#bound(word) : this.#shown(word));
    });
  }

  /** The connection is replaced by another, or the call is over: what comes now counts for nothing. */
  stop() {
    this.#isStopped = true;
    clearTimeout(this.#patience);
  }

  /** @param {() => Promise<void>} act */
  #inTurn(act) {
    this.#turn = this.#turn.then(act).catch(() => this.#break("shape"));
    return this.#turn;
  }

  async #commit() {
    this.#own.nonce = freshNonce();
    this.#ours = await commitment(this.#of.call, this.#own);
    this.#of.seen.add(this.#ours);
    const { call, language } = this.#of;
    this.#of.say({ type: "commit", call, epoch: this.epoch, commitment: this.#ours, language });
  }

  /** @param {any} word */
  async #bound({ call, epoch, commitment: theirs, language }) {
    if (!Number.isInteger(epoch) || epoch < 1 || !/^[0-9a-f]{64}$/.test(theirs)) {
      return this.#break("shape");
    }
    // A page has one try on each connection; a second would let somebody try until it fits.
    if (call !== this.#of.call || this.#theirs) return this.#break("again");
    if (this.#of.seen.has(theirs)) return this.#break("replayed");
    this.#of.seen.add(theirs);
    if (epoch < this.epoch) return this.#stale();
    if (epoch > this.epoch) {
      if (this.#heardStale) return this.#break("again");
      this.epoch = epoch;
      await this.#commit();
    }
    this.#theirs = { epoch, commitment: theirs, language };
    const { fingerprint, name, nonce } = this.#own;
    this.#of.say({ type: "reveal", fingerprint, name, nonce: hex(nonce) });
  }

  /** A page that was loaded anew counts from one, and takes our number as soon as it hears it. */
  #stale() {
    if (this.#heardStale) return this.#break("again");
    this.#heardStale = true;
  }

  /** @param {any} word */
  async #shown({ fingerprint, name, nonce }) {
    if (!this.#theirs || this.#isDone) return this.#break("early");
    const { call, them } = this.#of;
    const shown = { participant: them.participant, fingerprint, name, nonce: unhex(nonce) };
    if (shown.nonce.length !== 32) return this.#break("shape");
    if ((await commitment(call, shown)) !== this.#theirs.commitment) return this.#break("commit");
    if (fingerprint !== them.fingerprint) return this.#break("fingerprint");
    if (name !== them.name) return this.#rename();
    const code = await codeOf(call, this.epoch, [this.#own, shown]);
    if (this.#isStopped) return;
    this.#isDone = true;
    clearTimeout(this.#patience);
    const { language } = this.#theirs;
    this.#of.tell({ state: "ready", code, language, own: this.#of.language });
  }

  /** Who answers late, or not at all, is not checked; that alone is no sign of an attack. */
  #giveUp() {
    this.stop();
    this.#of.tell({ state: "missing" });
  }

  /** A lying server may be behind it, or a page that is older than a change of the name. */
  #rename() {
    this.stop();
    this.#of.tell({ state: "renamed" });
  }

  /** @param {string} reason */
  #break(reason) {
    if (this.#isStopped) return;
    this.stop();
    this.#of.tell({ state: "broken", reason });
  }
}
