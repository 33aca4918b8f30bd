import assert from "node:assert/strict";
import { test } from "node:test";
import { noteUse, reportConnection, summary } from "../../../static/call/report.js";

function stats({ remote = "host", frames = 0, networkType, transport = true } = {}) {
  const rows = [
    { id: "pair", type: "candidate-pair", nominated: true, state: "succeeded" },
    { id: "l", type: "local-candidate", candidateType: "host", port: 50_000, networkType },
    { id: "r", type: "remote-candidate", candidateType: remote },
    { id: "v", type: "outbound-rtp", kind: "video", framesEncoded: frames },
  ];
  Object.assign(rows[0], {
    localCandidateId: "l",
    remoteCandidateId: "r",
    availableOutgoingBitrate: 1_800_400,
  });
  if (transport) rows.push({ id: "t", type: "transport", selectedCandidatePairId: "pair" });
  return new Map(rows.map((row) => [row.id, row]));
}

function signalling() {
  const sent = [];
  return { sent, request: async (type, body) => void sent.push([type, body]) };
}

function entry(found) {
  return { peer: { link: { pc: { getStats: async () => found } } } };
}

test("a direct call with pictures is told without any address", () => {
  const found = stats({ frames: 7, networkType: "wifi" });
  assert.deepEqual(summary(found), {
    media: "video",
    path: "direct",
    network: "wifi",
    port: 50_000,
    kbit: 1_800,
  });
});

test("a relay on either side is a relay, and no frame means sound only", () => {
  const found = stats({ remote: "relay", networkType: "vpn", transport: false });
  const { media, path, network } = summary(found);
  assert.deepEqual([media, path, network], ["audio", "relay", "unknown"]);
});

test("a call that never connected is not told", async () => {
  const to = signalling();
  await reportConnection([entry(new Map())], to, "c");
  await reportConnection([], to, "c");
  assert.deepEqual(to.sent, []);
});

test("a browser that cannot tell does no harm", async () => {
  const broken = {
    peer: { link: { pc: { getStats: () => Promise.reject(new Error("closed")) } } },
  };
  await reportConnection([broken], signalling(), "c");
});

test("the connection is told once, with the call", async () => {
  const to = signalling();
  await reportConnection([entry(stats())], to, "c");
  assert.equal(to.sent.length, 1);
  assert.equal(to.sent[0][0], "call.report");
  assert.equal(to.sent[0][1].call, "c");
});

test("each function is told once, and again if it did not arrive", async () => {
  const chat = new EventTarget();
  const media = Object.assign(new EventTarget(), {
    track: (line) => (line === "screen" ? { enabled: true } : null),
  });
  const to = signalling();
  let fails = true;
  to.request = async (type, body) => {
    to.sent.push([type, body.function]);
    if (fails) throw new Error("away");
  };
  const call = Object.assign(new EventTarget(), { id: "c" });
  noteUse(call, chat, media, to);
  chat.dispatchEvent(new Event("delivered"));
  await new Promise(setImmediate);
  fails = false;
  for (const _ of [1, 2]) chat.dispatchEvent(new Event("delivered"));
  for (const _ of [1, 2]) media.dispatchEvent(new Event("change"));
  for (const _ of [1, 2]) call.dispatchEvent(new CustomEvent("used", { detail: "screenshot" }));
  assert.deepEqual(to.sent, [
    ["call.used", "chat"],
    ["call.used", "chat"],
    ["call.used", "screen"],
    ["call.used", "screenshot"],
  ]);
});
