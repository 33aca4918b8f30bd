import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Negotiation } from "../../../static/call/negotiation.js";
import { FakePeerConnection, sdp, settled } from "./fakes.js";

let pc;
let delivered;

function negotiation(polite) {
  pc = new FakePeerConnection();
  delivered = [];
  return new Negotiation(
    pc,
    () => polite,
    (proposal, repeated) => {
      delivered.push({ ...proposal, repeated });
    },
  );
}

const offer = (origin, more) => ({ type: "offer", sdp: sdp(origin, more) });
const answer = (origin, more) => ({ type: "answer", sdp: sdp(origin, more) });
const proposed = (of) => of.propose(() => pc.setLocalDescription());
const kinds = () => delivered.map(({ description }) => description?.type);

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

for (const polite of [true, false]) {
  test(`answers an offer when nothing collides (polite: ${polite})`, async () => {
    const ours = negotiation(polite);
    let adopted = 0;
    await ours.receive(offer("them 1"), () => adopted++);
    assert.deepEqual(kinds(), ["answer"]);
    assert.equal(adopted, 1);
  });
}

test("of two offers at once the polite side takes the other's", async () => {
  const ours = negotiation(true);
  await proposed(ours);
  await ours.receive(offer("them 1"), () => {});
  assert.deepEqual(kinds(), ["offer", "answer"]);
});

test("of two offers at once the impolite side keeps its own", async () => {
  const ours = negotiation(false);
  await proposed(ours);
  await ours.receive(offer("them 1"), () => {});
  assert.deepEqual(kinds(), ["offer"]);
  await ours.receive(answer("them 2"), () => {});
  assert.equal(pc.signalingState, "stable");
});

test("an offer is repeated until it is answered", async () => {
  const ours = negotiation(true);
  await proposed(ours);
  mock.timers.tick(3000);
  mock.timers.tick(3000);
  assert.deepEqual(
    delivered.map(({ repeated }) => repeated),
    [false, true, true],
  );
  await ours.receive(answer("them 1"), () => {});
  mock.timers.tick(60_000);
  assert.equal(delivered.length, 3);
});

test("a repeated offer is answered with the same answer, and its addresses are used", async () => {
  const ours = negotiation(false);
  await ours.receive(offer("them 1"), () => {});
  const candidate = "candidate:1 1 udp 1 192.0.2.1 9 typ host";
  await ours.receive(offer("them 1", { candidates: [candidate] }), () => assert.fail());
  assert.deepEqual(kinds(), ["answer", "answer"]);
  assert.deepEqual(delivered[0].description, delivered[1].description);
  assert.equal(pc.candidates[0].candidate, candidate);
});

test("an answer that nobody waits for is set aside", async () => {
  const ours = negotiation(true);
  await ours.receive(answer("them 1"), () => {});
  assert.equal(pc.remoteDescription, null);
});

test("a new path is proposed by itself once both sides know each other", async () => {
  const ours = negotiation(true);
  pc.onnegotiationneeded();
  await settled();
  assert.deepEqual(kinds(), []);
  await ours.receive(offer("them 1"), () => {});
  await ours.restart();
  await settled();
  assert.equal(pc.restarts, 1);
  assert.deepEqual(kinds(), ["answer", "offer"]);
});

test("a restart that nobody answered is proposed afresh", async () => {
  const ours = negotiation(true);
  await ours.receive(offer("them 1"), () => {});
  await ours.restart();
  await settled();
  await ours.restart();
  await settled();
  const [, first, second] = delivered;
  assert.notEqual(first.description.sdp, second.description.sdp);
});

test("before the first answer a restart proposes afresh by itself", async () => {
  const ours = negotiation(true);
  await proposed(ours);
  assert.ok(ours.beginning);
  await ours.restart();
  await settled();
  assert.equal(pc.restarts, 1);
  assert.deepEqual(kinds(), ["offer", "offer"]);
  assert.notEqual(delivered[0].description.sdp, delivered[1].description.sdp);
});

test("own addresses are passed on, and the end of them is not", () => {
  negotiation(true);
  const candidate = { candidate: "candidate:1", toJSON: () => ({ candidate: "candidate:1" }) };
  pc.onicecandidate({ candidate });
  pc.onicecandidate({ candidate: { candidate: "" } });
  pc.onicecandidate({ candidate: null });
  assert.deepEqual(delivered, [
    { type: "candidate", candidate: { candidate: "candidate:1" }, repeated: false },
  ]);
});

test("an address that cannot be used does no harm", async () => {
  const ours = negotiation(true);
  pc.addIceCandidate = async () => {
    throw new TypeError("of another generation");
  };
  await ours.candidate({ candidate: "candidate:1" });
});

/** Both sides know each other, and an offer of ours is under way. */
async function restarting(ours) {
  await ours.restart();
  await settled();
  assert.equal(pc.signalingState, "have-local-offer");
  delivered.length = 0;
}

test("later it is who laid out the lines that gives way, however polite", async () => {
  for (const polite of [true, false]) {
    const ours = negotiation(polite);
    await proposed(ours);
    await ours.receive(answer("them 1"), () => {});
    await restarting(ours);
    await ours.receive(offer("them 2"), () => {});
    assert.deepEqual(kinds(), ["answer"]);
  }
});

test("who took over the lines never takes back an offer", async () => {
  for (const polite of [true, false]) {
    const ours = negotiation(polite);
    await ours.receive(offer("them 1"), () => {});
    await restarting(ours);
    await ours.receive(offer("them 2"), () => {});
    assert.deepEqual(kinds(), []);
  }
});

test("an answer that was missed comes again, though an offer of ours is under way", async () => {
  const ours = negotiation(true);
  await ours.receive(offer("them 1"), () => {});
  const [given] = delivered;
  await restarting(ours);
  await ours.receive(offer("them 1"), () => {});
  assert.deepEqual(delivered, [{ ...given, repeated: true }]);
});
