import assert from "node:assert/strict";
import { test } from "node:test";
import { fingerprintOf } from "../../../static/call/description.js";
import { chance } from "../chance.js";
import { sdp } from "./fakes.js";

const OWN = Array(32).fill("AB").join(":");
const FOREIGN = Array(32).fill("CD").join(":");
const ROUNDS = 3_000;

const NAMES = [
  "a=fingerprint:",
  "a=Fingerprint:",
  "a= fingerprint:",
  "a=fingerprint :",
  " a=fingerprint:",
  "a =fingerprint:",
];
const HASHES = ["sha-256", "SHA-256", "sha-1", "sha-512", "md5", ""];
const VALUES = [OWN, FOREIGN, FOREIGN.toLowerCase(), OWN.slice(3), `${OWN}:00`, "", "x"];
const ENDS = ["\r\n", "\n", "\r", "\r\r\n", "\n\n"];

/** What a lying server may do to a description: each takes its lines and changes them. */
const LIES = [
  (lines, any) => {
    const line = `${NAMES[any(NAMES.length)]}${HASHES[any(HASHES.length)]} ${VALUES[any(VALUES.length)]}`;
    lines.splice(any(lines.length + 1), 0, line);
  },
  (lines, any) => lines.splice(any(lines.length), 1),
  (lines, any) => lines.splice(any(lines.length), 0, lines[any(lines.length)]),
  (lines, any) => lines.splice(any(lines.length), 0, `m=audio 9 UDP/TLS/RTP/SAVPF ${any(127)}`),
  (lines, any) => {
    const at = any(lines.length);
    lines[at] = lines[at].replaceAll(OWN, VALUES[any(VALUES.length)]);
  },
  (lines, any) => {
    const at = any(lines.length);
    const place = any(lines[at].length + 1);
    lines[at] =
      lines[at].slice(0, place) + ["\r", "\n", " ", "A", "\0"][any(5)] + lines[at].slice(place);
  },
];

/** Every hash that stands anywhere in a text, however it is written. @param {string} text */
function hashesIn(text) {
  const pairs = text.toUpperCase().match(/(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/g);
  return new Set(pairs ?? []);
}

test("no change of a description makes two keys, or another one, pass as one", () => {
  const any = chance(20_261_128);
  let passed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const lines = sdp("- 1 2 IN IP4 127.0.0.1").split("\r\n").filter(Boolean);
    for (let lie = 0; lie <= any(4); lie++) LIES[any(LIES.length)](lines, any);
    const changed = lines.join(ENDS[any(ENDS.length)]);
    let found;
    try {
      found = fingerprintOf(changed);
    } catch {
      continue;
    }
    passed++;
    assert.match(found, /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/, JSON.stringify(changed));
    assert.deepEqual([...hashesIn(changed)], [found], JSON.stringify(changed));
    assert.doesNotMatch(changed, /a=\s*fingerprint\s*:\s*(?!sha-256\s)/i, JSON.stringify(changed));
  }
  // Some changes touch no key, and those pass.
  assert.ok(passed > ROUNDS / 20 && passed < ROUNDS, `${passed}`);
});
