import assert from "node:assert/strict";
import { test } from "node:test";
import { Ladder, RUNGS } from "../../../static/call/quality/ladder.js";
import { grade, sample } from "../../../static/call/quality/measure.js";

const report = ({ lost = 0, received = 0, rtt = 0.02, room = 2e6, kind = "host", away = 0 }) => [
  {
    id: "t",
    type: "transport",
    selectedCandidatePairId: "p",
    tlsVersion: "FEFD",
    dtlsCipher: "TLS_X",
    srtpCipher: "AEAD",
  },
  {
    id: "p",
    type: "candidate-pair",
    localCandidateId: "l",
    remoteCandidateId: "r",
    currentRoundTripTime: rtt,
    availableOutgoingBitrate: room,
  },
  { id: "l", type: "local-candidate", candidateType: kind },
  { id: "r", type: "remote-candidate", candidateType: "host" },
  { id: "i", type: "inbound-rtp", packetsLost: lost, packetsReceived: received },
  { id: "f", type: "remote-inbound-rtp", fractionLost: away },
];

const between = (before, now) => grade(sample(report(before)), sample(report(now)));

test("a connection is graded by loss, delay and room since the last look", () => {
  const before = { lost: 50, received: 1000 };
  assert.equal(between(before, { lost: 50, received: 1100 }), "good");
  assert.equal(between(before, { lost: 53, received: 1097 }), "fair");
  assert.equal(between(before, { lost: 70, received: 1080 }), "poor");
  assert.equal(between(before, { ...before, rtt: 0.4 }), "fair");
  assert.equal(between(before, { ...before, rtt: 1 }), "poor");
  assert.equal(between(before, { ...before, room: 50_000 }), "poor");
  assert.equal(between(before, { ...before, away: 0.1 }), "poor");
});

test("nothing known is no trouble, and counters that begin anew are none", () => {
  const nothing = sample([]);
  assert.equal(grade(nothing, nothing), "good");
  assert.equal(nothing.way, null);
  assert.equal(between({ lost: 90, received: 1000 }, { lost: 0, received: 10 }), "good");
});

test("the way is a relay's if either end is one", () => {
  assert.deepEqual(sample(report({})).way, {
    relayed: false,
    dtls: "DTLS 1.2",
    cipher: "TLS_X",
    srtp: "AEAD",
  });
  assert.equal(sample(report({ kind: "relay" })).way.relayed, true);
});

test("a poor connection carries less picture soon, and more only after a good while", () => {
  const ladder = new Ladder();
  assert.equal(ladder.climb("poor"), false);
  assert.equal(ladder.climb("poor"), true);
  assert.equal(ladder.rung, RUNGS[1]);
  for (const each of ["good", "good", "fair", "good", "good", "good", "good"]) {
    assert.equal(ladder.climb(each), false);
  }
  assert.equal(ladder.climb("good"), true);
  assert.equal(ladder.rung, RUNGS[0]);
});

test("the smallest picture is the last step: a connection is never given up", () => {
  const ladder = new Ladder();
  for (let look = 0; look < 100; look++) ladder.climb("poor");
  assert.equal(ladder.rung, RUNGS.at(-1));
  assert.ok(ladder.isExhausted);
  assert.ok(ladder.rung.bitrate > 0);
});
