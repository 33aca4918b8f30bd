/** Two pages and who lies between them: each attack that a signalling server can try on the keys of a call. */

import { codeOf, commitment, freshNonce, hex, unhex } from "../../../static/call/security/code.js";
import { Exchange } from "../../../static/call/security/exchange.js";

const CALL = "ca".repeat(16);
const NAMES = { a: "Dr. Mara Probe", b: "Erika Muster" };
const IDS = { a: "aa".repeat(16), b: "bb".repeat(16) };
const print = (letter) => letter.repeat(64);
let sessions = 0;

/** One page with one connection: `applied` is the fingerprint of the description that reached it. */
function page(who, applied, { epoch = 1, seen = new Set(), theirName } = {}) {
  const other = who === "a" ? "b" : "a";
  const side = { outcomes: [], sent: [], pass: () => {} };
  side.own = { participant: IDS[who], name: NAMES[who], fingerprint: print(who) };
  const exchange = new Exchange({
    call: CALL,
    language: "de",
    seen,
    say: (_, word) => {
      side.sent.push(word);
      side.pass(word);
    },
    tell: (outcome) => side.outcomes.push(outcome),
  });
  side.exchange = exchange;
  side.hear = (word) => exchange.hear(IDS[other], word);
  exchange.epoch = epoch - 1;
  exchange.begin(side.own, [
    { participant: IDS[other], name: theirName ?? NAMES[other], fingerprint: applied },
  ]);
  return side;
}

/** Let words pass as they are. */
function joined(one, other) {
  one.pass = (word) => other.hear(word);
  other.pass = (word) => one.hear(word);
  for (const [from, to] of [
    [one, other],
    [other, one],
  ])
    for (const word of from.sent) to.hear(word);
}

/** The liar's own side of a connection, honest in all but who it is. */
function impostor(target, as, { keep = false, swap = false } = {}) {
  const own = {
    participant: IDS[as],
    name: NAMES[as],
    fingerprint: print("e"),
    nonce: freshNonce(),
  };
  const commit = async () => {
    const bound = await commitment(CALL, swap ? { ...own, nonce: freshNonce() } : own);
    target.hear({
      type: "commit",
      call: CALL,
      epoch: 1,
      commitment: bound,
      language: "de",
    });
  };
  const reveal = () => {
    const { fingerprint, nonce } = own;
    const shown = { fingerprint, name: own.name, nonce: hex(nonce) };
    target.hear({ type: "reveal", epoch: 1, ...shown });
  };
  target.pass = async (word) => word.type === "reveal" && !keep && reveal();
  return { own, commit, reveal };
}

const PATIENCE_MS = 5000;

const isOver = (outcomes) => outcomes.length && outcomes.at(-1).state !== "waiting";

/** Wait until each of them has come to an end. */
async function done(...sides) {
  const late = Date.now() + PATIENCE_MS;
  while (sides.some(({ outcomes }) => !isOver(outcomes)) && Date.now() < late) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What people find: an alarm on either side, no words at all, or words that differ. */
export async function found(...sides) {
  await done(...sides);
  for (const { exchange } of sides) exchange.stop();
  const last = sides.map(({ outcomes }) => outcomes.at(-1));
  if (last.some((outcome) => outcome?.state === "broken")) return true;
  if (last.some((outcome) => outcome?.state !== "ready")) return true;
  return new Set(last.map(({ code }) => hex(code))).size > 1;
}

export const ATTACKS = {
  "another key to both": async () => {
    const [a, b] = [page("a", print("e")), page("b", print("e"))];
    for (const each of [impostor(a, "b"), impostor(b, "a")]) await each.commit();
    return found(a, b);
  },
  "another key in one direction": async () => {
    const [a, b] = [page("a", print("e")), page("b", print("a"))];
    joined(a, b);
    return found(a, b);
  },
  "a commitment made after the other side has revealed": async () => {
    const a = page("a", print("e"));
    const ghost = impostor(a, "b", { keep: true });
    await new Promise((resolve) => setImmediate(resolve));
    ghost.reveal();
    await ghost.commit();
    return found(a);
  },
  "its own commitment sent back": async () => {
    const a = page("a", print("a"));
    a.pass = (word) => a.hear(word);
    return found(a);
  },
  "words of an earlier call": async () => {
    const seen = { a: new Set(), b: new Set() };
    const [a, b] = [
      page("a", print("b"), { seen: seen.a }),
      page("b", print("a"), { seen: seen.b }),
    ];
    joined(a, b);
    if (await found(a, b)) return false;
    const again = page("a", print("b"), { seen: seen.a });
    for (const word of b.sent) again.hear(word);
    return found(again);
  },
  "a second try until the words fit": async () => {
    const [a, b] = [page("a", print("e")), page("b", print("e"))];
    const [one, other] = [impostor(a, "b"), impostor(b, "a")];
    await one.commit();
    await other.commit();
    await done(a, b);
    other.own.nonce = freshNonce();
    await other.commit();
    return found(a, b);
  },
  "another number for another try": async () => {
    const a = page("a", print("e"));
    const ghost = impostor(a, "b");
    await ghost.commit();
    await done(a);
    for (const epoch of [2, 3]) {
      const bound = hex(freshNonce());
      a.hear({ type: "commit", call: CALL, epoch, commitment: bound, language: "de" });
    }
    await a.hear({ type: "none" });
    return found(a);
  },
  "another name for somebody": async () => {
    const [a, b] = [page("a", print("b"), { theirName: "Jan Beispiel" }), page("b", print("a"))];
    joined(a, b);
    return found(a, b);
  },
  "a key revealed that is not the one committed to": async () => {
    const a = page("a", print("e"));
    await impostor(a, "b", { swap: true }).commit();
    return found(a);
  },
};

/** Two honest pages, with as many reconnections as asked for; either may have been loaded anew. */
export async function honest(reconnections) {
  const epochs = { a: 0, b: 0 };
  const seen = { a: new Set(), b: new Set() };
  for (let turn = 0; turn <= reconnections; turn++) {
    const anew = ["a", "b", ""][sessions++ % 3];
    if (anew) [epochs[anew], seen[anew]] = [0, new Set()];
    const a = page("a", print("b"), { epoch: ++epochs.a, seen: seen.a });
    const b = page("b", print("a"), { epoch: ++epochs.b, seen: seen.b });
    joined(a, b);
    if (await found(a, b)) return { alarm: [a.outcomes, b.outcomes] };
    epochs.a = a.exchange.epoch;
    epochs.b = b.exchange.epoch;
  }
  return null;
}

/** Whether words differ for who has somebody else in the roster, or the same one under another name. */
export async function ghosts() {
  const people = ["a", "b", "e"].map((letter) => ({
    participant: letter.repeat(32),
    fingerprint: print(letter),
    name: letter,
    nonce: freshNonce(),
  }));
  const rosters = [people.slice(0, 2), people, people.with(2, { ...people[2], name: "c" })];
  const codes = await Promise.all(rosters.map((roster) => codeOf(CALL, 1, roster)));
  return new Set(codes.map(hex)).size === rosters.length;
}

/** How often a code of eight bits is the same for two pages that both speak to a liar who does what helps. */
export async function lucky(tries) {
  let fits = 0;
  for (let turn = 0; turn < tries; turn++) {
    const [a, b] = [page("a", print("e")), page("b", print("e"))];
    const [one, other] = [impostor(a, "b"), impostor(b, "a")];
    await one.commit();
    await done(a, { outcomes: b.sent });
    const [{ code }] = a.outcomes;
    // A page that shows its number before it is bound to an answer lets the answer be chosen.
    const shown = b.sent.find(({ type }) => type === "reveal");
    if (shown) await choose(other.own, shown, code[0]);
    await other.commit();
    await done(b);
    fits += b.outcomes[0].code[0] === code[0];
  }
  return fits;
}

async function choose(own, { fingerprint, name, nonce }, wanted) {
  const them = { participant: IDS.b, fingerprint, name, nonce: unhex(nonce) };
  do own.nonce = freshNonce();
  while ((await codeOf(CALL, 1, [own, them]))[0] !== wanted);
}
