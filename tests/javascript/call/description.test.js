import assert from "node:assert/strict";
import { test } from "node:test";
import { candidatesIn, fingerprintOf, originOf } from "../../../static/call/description.js";
import { sdp } from "./fakes.js";

const ONE = Array(32).fill("AB").join(":");
const OTHER = Array(32).fill("CD").join(":");
const line = (value, name = "a=fingerprint") => `${sdp("x")}${name}:sha-256 ${value}\r\n`;

test("one fingerprint, however often it stands there, is the fingerprint", () => {
  assert.equal(fingerprintOf(line(ONE)), ONE);
  assert.equal(fingerprintOf(line(ONE.toLowerCase())), ONE);
});

for (const name of ["a=fingerprint", "a=FINGERPRINT", "a= fingerprint", "a=fingerprint "]) {
  test(`a second fingerprint written "${name}" is found out`, () => {
    assert.throws(() => fingerprintOf(line(OTHER, name)));
  });
}

test("a fingerprint behind a lone line end is found out", () => {
  assert.throws(() => fingerprintOf(`${sdp("x")}a=x\ra=fingerprint:sha-256 ${OTHER}\r\n`));
});

test("no fingerprint, or one of an older kind, is refused", () => {
  assert.throws(() => fingerprintOf("v=0\r\n"));
  assert.throws(() => fingerprintOf(`${sdp("x")}a=fingerprint:sha-1 AB:CD\r\n`));
});

test("a random second line never passes", () => {
  for (let round = 0; round < 500; round++) {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
    const lines = sdp("x").split("\r\n");
    lines.splice(round % lines.length, 0, `a=fingerprint:sha-256 ${hex}`);
    assert.throws(() => fingerprintOf(lines.join("\r\n")));
  }
});

test("a repeated description has the same origin, and a new one has not", () => {
  assert.equal(originOf(sdp("- 1 2 IN IP4 127.0.0.1")), "- 1 2 IN IP4 127.0.0.1");
  assert.notEqual(originOf(sdp("a 1")), originOf(sdp("a 2")));
});

test("addresses inside a description can be used one by one", () => {
  const candidate = "candidate:1 1 udp 1 192.0.2.1 9 typ host";
  assert.deepEqual(candidatesIn(sdp("x", { candidates: [candidate] })), [
    { candidate, sdpMLineIndex: 0, usernameFragment: "F7gI" },
  ]);
  assert.deepEqual(candidatesIn(sdp("x")), []);
});
