/** A call of several pages, each with the scripts of the page, and a server that may lie between two of them. */

import { commitment, freshNonce, hex } from "../../../static/call/security/code.js";
import { furnish, sdp } from "./fakes.js";

furnish({ document: { documentElement: { lang: "de" } } });
const path = "../../../static/call/security/security.js";
const CALL = "ca".repeat(16);
const LIAR = "EE";
const PATIENCE_MS = 5000;
const print = (pair) => Array(32).fill(pair).join(":");
const described = (pair) => ({ sdp: sdp("1", { fingerprint: print(pair) }) });
let loads = 0;

/** One page, which knows of the others what its mesh tells. */
class FakeMesh extends EventTarget {
  entries = new Map();
  alarms = [];

  tells(type, entry, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail: { entry, detail } }));
  }

  say(word) {
    for (const { peer } of this.entries.values()) peer.say(word);
  }

  drop({ person: { participant } }) {
    const entry = this.entries.get(participant);
    this.entries.delete(participant);
    if (entry) this.tells("left", entry);
  }
}

/** Modules of its own for each page, as in a browser: what one has heard, the other has not. */
async function load(letter) {
  loads += 1;
  const { Security } = await import(`${path}?page=${loads}`);
  const mesh = new FakeMesh();
  mesh.person = { participant: letter.repeat(32), name: `Name ${letter}`, role: "guest" };
  // A page that is loaded anew has another key.
  mesh.key = (loads % 200).toString(16).padStart(2, "0").toUpperCase();
  mesh.security = new Security(mesh, CALL, mesh.person);
  mesh.security.addEventListener("alarm", () => mesh.alarms.push(mesh.security.alarm.why));
  return mesh;
}

export class Circle {
  /** @type {FakeMesh[]} */
  pages = [];
  /** With those who have gone. @type {FakeMesh[]} */
  #loaded = [];
  /** What may happen next: one line for each sender and receiver, in which nothing overtakes. */
  #lines = [];

  /** @param {string} letters one for each person @param {object} [liar] between the first two */
  static async of(letters, liar) {
    const circle = new Circle();
    for (const letter of letters) await circle.join(letter, circle.pages.length === 1 ? liar : {});
    return circle;
  }

  async join(letter, liar) {
    const page = await this.load(letter);
    for (const other of this.pages) this.connect(page, other, liar);
    this.pages.push(page);
    return page;
  }

  /** A page of which nobody has been told. */
  async load(letter) {
    const page = await load(letter);
    this.#loaded.push(page);
    return page;
  }

  leave(page) {
    this.pages = this.pages.filter((each) => each !== page);
    for (const other of this.pages) this.#line().acts.push(() => other.drop(page));
  }

  async reload(page) {
    this.pages = this.pages.filter((each) => each !== page);
    await this.join(page.person.participant[0]);
  }

  /** @param {{forge?: (say: (to: FakeMesh, word: any) => void, from: FakeMesh, to: FakeMesh, word: any) => void, key?: string}} [liar] */
  connect(one, other, { forge, key } = {}) {
    const lines = new Map([one, other].map((page) => [page, this.#line(false)]));
    const said = (to, word) => lines.get(to).acts.push(word);
    for (const [from, to] of [
      [one, other],
      [other, one],
    ]) {
      const link = {
        pc: { localDescription: described(from.key), remoteDescription: described(key ?? to.key) },
      };
      const pass = (word) => (forge ? forge(said, from, to, word) : said(to, word));
      const entry = { person: to.person, peer: { link, say: (word) => pass(word) } };
      const line = lines.get(from);
      line.hear = (word) => from.tells("word", entry, word);
      from.entries.set(to.person.participant, entry);
      from.tells("met", entry);
      this.#line().acts.push(() => {
        line.isOpen = true;
        from.tells("control", entry);
      });
    }
  }

  /** Let all happen, in an order that is drawn, until nothing is left and this is found. @param {(found: string[]) => boolean} [holds] */
  async settle(holds = (found) => !found.length) {
    const late = Date.now() + PATIENCE_MS;
    for (let quiet = 0; quiet < 3 || !holds(this.findings); ) {
      const waiting = this.#lines.filter(({ isOpen, acts }) => isOpen && acts.length);
      const line = waiting[Math.floor(Math.random() * waiting.length)];
      line?.hear(line.acts.shift());
      quiet = line ? 0 : quiet + 1;
      if (Date.now() > late) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** What people find: an alarm, no words, words that differ, or a number that is not theirs. */
  get findings() {
    const outcomes = this.pages.map(({ security }) => security.outcome);
    const found = new Set(this.pages.flatMap(({ alarms }) => alarms));
    for (const { state } of outcomes) if (state !== "ready") found.add(state);
    const codes = outcomes.filter(({ state }) => state === "ready").map(({ code }) => hex(code));
    if (new Set(codes).size > 1) found.add("differ");
    const count = this.pages.length - 1;
    if (this.pages.some(({ security }) => security.people.length !== count)) found.add("count");
    return [...found];
  }

  close() {
    for (const { security } of this.#loaded) security.stop();
  }

  #line(isOpen = true) {
    const line = { isOpen, acts: [], hear: (act) => act() };
    this.#lines.push(line);
    return line;
  }
}

/** Stands between two, and speaks to each as the other one, with a key of its own. */
export function between() {
  const parties = new Map();
  const forge = async (say, from, { person: { participant, name } }, word) => {
    const place = `${participant} ${word.epoch}`;
    const fresh = { participant, name, fingerprint: print(LIAR), nonce: freshNonce() };
    const party = parties.get(place) ?? fresh;
    parties.set(place, party);
    const bound = { ...word, commitment: await commitment(CALL, party) };
    const shown = { ...word, fingerprint: party.fingerprint, name, nonce: hex(party.nonce) };
    say(from, word.type === "commit" ? bound : shown);
  };
  return { forge, key: LIAR };
}

/** Hands words on as they are; the key in the description is another. */
export const relay = () => ({ key: LIAR });

/** Sends back what a page has said. */
export const echo = () => ({ forge: (say, from, _, word) => say(from, word) });
