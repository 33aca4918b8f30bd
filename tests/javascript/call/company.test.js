import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { follow } from "../../../static/call/company.js";

const person = (letter, role) => ({ participant: letter.repeat(32), name: letter, role });
const [DOCTOR, ERIKA, JAN] = [person("d", "host"), person("e", "guest"), person("a", "guest")];
let call;
let mesh;
let sent;
let ended;

class FakeMesh extends EventTarget {
  entries = new Map();

  meet(who) {
    const stats = [
      { id: "p", type: "candidate-pair", nominated: true, state: "succeeded" },
      { id: "l", type: "local-candidate", candidateType: "host", port: 50_000 },
    ];
    stats[0].localCandidateId = "l";
    const pc = { getStats: async () => new Map(stats.map((each) => [each.id, each])) };
    this.entries.set(who.participant, { person: who, peer: { link: { pc } } });
  }

  drop(participant) {
    this.entries.delete(participant);
  }

  hangsUp(who) {
    const detail = { entry: this.entries.get(who.participant), detail: { type: "bye" } };
    this.dispatchEvent(new CustomEvent("word", { detail }));
  }
}

beforeEach(() => {
  call = Object.assign(new EventTarget(), { id: "c" });
  mesh = new FakeMesh();
  sent = [];
  ended = [];
  const signalling = { request: async (type) => void sent.push(type) };
  const media = Object.assign(new EventTarget(), { track: () => null });
  const chat = Object.assign(new EventTarget(), { attach() {}, detach() {} });
  follow(mesh, chat, { media, signalling }, call, (reason) => {
    ended.push(reason);
    call.dispatchEvent(new CustomEvent("ended", { detail: { reason } }));
  });
});

for (const [who, reason] of [
  [DOCTOR, "host_left"],
  [ERIKA, "alone"],
]) {
  test(`the side that is hung up on reports its connection: ${reason}`, async () => {
    mesh.meet(who);
    mesh.hangsUp(who);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(ended, [reason]);
    assert.deepEqual(sent, ["call.report"]);
  });
}

test("a host who hangs up among several may have handed the call over: the server says", () => {
  for (const each of [DOCTOR, ERIKA, JAN]) mesh.meet(each);
  mesh.hangsUp(DOCTOR);
  assert.deepEqual(ended, []);
  assert.equal(mesh.entries.size, 3);
});

test("a call goes on while somebody is left, without the one who hung up", () => {
  for (const each of [ERIKA, JAN]) mesh.meet(each);
  mesh.hangsUp(ERIKA);
  assert.deepEqual(ended, []);
  assert.deepEqual([...mesh.entries.keys()], [JAN.participant]);
});
