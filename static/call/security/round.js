/** One comparison between those who are in a call now: all commit themselves, then all reveal. */

import { codeOf, commitment, freshNonce, hex, lotOf } from "./code.js";
import { fresh, isCommit, isEpoch, read, wrongIn } from "./rules.js";

/** @typedef {import("./rules.js").Known} Known @typedef {import("./rules.js").Other} Other */
/** @typedef {import("./code.js").Party} Party @typedef {import("./exchange.js").SecurityWord} SecurityWord */

const PATIENCE_MS = 20_000;

export class Round {
  /** Nothing before the first commitment; rises with whoever counts further. */
  epoch = 0;
  /** Superseded by another, or something was wrong: what comes now counts for nothing here. */
  isStopped = false;
  /** Somebody did not answer in time; only a new epoch can bring words. */
  #isOver = false;
  #followed = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;
  /** @type {Map<string, Other>} */
  #others = new Map();
  /** @type {Party} */
  #me;
  #of;

  /** @param {import("./exchange.js").Of} of @param {Known} me @param {Known[]} others */
  constructor(of, me, others) {
    this.#of = of;
    this.#me = { ...me, nonce: freshNonce() };
    for (const known of others) this.#others.set(known.participant, fresh(known));
  }

  stop() {
    this.isStopped = true;
    clearTimeout(this.#patience);
  }

  /** Bind this page with a new nonce; what was said in an earlier epoch counts no more. @param {number} epoch */
  async commit(epoch) {
    this.epoch = epoch;
    this.#isOver = false;
    for (const [id, { known }] of this.#others) this.#others.set(id, fresh(known));
    this.#me.nonce = freshNonce();
    const { call, language, seen } = this.#of;
    const ours = await commitment(call, this.#me);
    if (this.isStopped) return;
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#giveUp(), PATIENCE_MS);
    seen.add(ours);
    this.#say({ type: "commit", call, epoch, commitment: ours, language });
  }

  /** @param {string} from @param {any} word */
  async take(from, word) {
    const other = this.#others.get(from);
    if (!other) return this.break("unknown", from);
    await (word.type === "commit" ? this.#bound(from, word) : this.#shown(from, other, word));
  }

  /** @param {string} reason @param {string} [from] */
  break(reason, from) {
    if (this.isStopped) return;
    this.stop();
    this.#of.tell({ state: "broken", reason, who: from ? [from] : [] });
  }

  /** @param {SecurityWord} word */
  #say(word) {
    for (const participant of this.#others.keys()) this.#of.say(participant, word);
  }

  /** @param {string} from @param {any} word */
  async #bound(from, word) {
    const { call, epoch, commitment: theirs, language } = word;
    const { seen } = this.#of;
    if (!isCommit(word)) return this.break("shape", from);
    if (call !== this.#of.call) return this.break("again", from);
    if (seen.has(theirs)) return this.break("replayed", from);
    seen.add(theirs);
    if (epoch > this.epoch) await this.#follow(epoch);
    const other = this.#others.get(from);
    // A page that was loaded anew counts from one, and takes our number as soon as it hears it.
    if (this.isStopped || !other || epoch < this.epoch || this.#isOver) return;
    // A second try in one epoch would let somebody try until it fits.
    if (other.commitment) return this.break("again", from);
    Object.assign(other, { commitment: theirs, language });
    if (![...this.#others.values()].every((each) => each.commitment)) return;
    const { fingerprint, name, nonce } = this.#me;
    this.#say({ type: "reveal", epoch, fingerprint, name, nonce: hex(nonce) });
  }

  /** Join an epoch that another page began, within reason: each is another try for a liar. @param {number} epoch */
  async #follow(epoch) {
    // Everybody else may see a change later than this page, and what comes and goes meanwhile.
    if (++this.#followed > (this.#others.size + 1) ** 2) return this.#end("missing", this.#silent);
    this.#of.tell({ state: "waiting" });
    await this.commit(epoch);
  }

  /** @param {string} from @param {Other} other @param {any} word */
  async #shown(from, other, word) {
    const { call } = this.#of;
    // Pages of an earlier version name no epoch: they compare once for each connection.
    const { epoch = this.epoch } = word;
    if (!isEpoch(epoch)) return this.break("shape", from);
    if (epoch < this.epoch || this.#isOver) return;
    if (epoch > this.epoch || !other.commitment || other.shown) return this.break("early", from);
    const shown = read(from, word);
    const wrong = await wrongIn(call, other, shown);
    if (this.isStopped) return;
    if (wrong === "name") return this.#end("renamed", [from]);
    if (wrong) return this.break(wrong, from);
    other.shown = shown;
    const everybody = [this.#me, ...[...this.#others.values()].flatMap((each) => each.shown ?? [])];
    if (everybody.length > this.#others.size) await this.#conclude(everybody);
  }

  /** @param {Party[]} everybody */
  async #conclude(everybody) {
    const { call, language } = this.#of;
    const code = await codeOf(call, this.epoch, everybody);
    const lot = await lotOf(call, this.epoch, everybody);
    if (this.isStopped || this.#isOver) return;
    clearTimeout(this.#patience);
    const languages = new Map([[this.#me.participant, language]]);
    for (const [id, other] of this.#others) languages.set(id, other.language);
    this.#of.tell({ state: "ready", epoch: this.epoch, code, lot, languages });
  }

  get #silent() {
    return [...this.#others].filter(([, { shown }]) => !shown).map(([id]) => id);
  }

  /** Who answers late, or not at all, is not checked; that alone is no sign of an attack. */
  #giveUp() {
    this.#isOver = true;
    this.#of.tell({ state: "missing", who: this.#silent });
  }

  /** A lying server may be behind another name, or a page that is older than a change of the name. @param {"missing" | "renamed"} state @param {string[]} who */
  #end(state, who) {
    this.stop();
    this.#of.tell({ state, who });
  }
}
