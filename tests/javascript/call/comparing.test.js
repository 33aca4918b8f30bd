import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { furnish, sdp } from "./fakes.js";

furnish({ document: { documentElement: { lang: "de" } } });
// Each page has modules of its own, and so does each side here.
const path = "../../../static/call/security/security.js";
const [{ Security: Doctors }, { Security: Guests }] = await Promise.all(
  ["doctor", "guest"].map((side) => import(`${path}?${side}`)),
);

const CALL = "ca".repeat(16);
const DOCTOR = { participant: "a".repeat(32), name: "Dr. Mara Probe", role: "host" };
const GUEST = { participant: "e".repeat(32), name: "Erika Muster", role: "guest" };
const print = (pair) => Array(32).fill(pair).join(":");
const described = (pair) => ({ sdp: sdp("1", { fingerprint: print(pair) }) });

class FakeMesh extends EventTarget {
  sent = [];
  pass = () => {};

  tells(type, entry, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail: { entry, detail } }));
  }

  /** A connection to somebody: with our own key and theirs. */
  meets(person, own, theirs) {
    const pc = { localDescription: described(own), remoteDescription: described(theirs) };
    const say = (word) => {
      this.sent.push(word);
      this.pass(word);
    };
    const entry = { person, peer: { link: { pc }, say } };
    this.tells("met", entry);
    return entry;
  }
}

let doctor;
let guest;

beforeEach(() => {
  doctor = new FakeMesh();
  guest = new FakeMesh();
  doctor.security = new Doctors(doctor, CALL, DOCTOR);
  guest.security = new Guests(guest, CALL, GUEST);
});

/** Both sides get a connection, and words pass between them. */
function connect() {
  const [to, from] = [doctor.meets(GUEST, "AA", "EE"), guest.meets(DOCTOR, "EE", "AA")];
  doctor.pass = (word) => guest.tells("word", from, word);
  guest.pass = (word) => doctor.tells("word", to, word);
  doctor.tells("control", to);
  guest.tells("control", from);
  return [to, from];
}

const state = (mesh) => mesh.security.outcome;

async function until(holds) {
  const late = Date.now() + 5000;
  while (!holds()) {
    assert.ok(Date.now() < late, "in time");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const ready = () =>
  until(() => [state(doctor), state(guest)].every((each) => each.state === "ready"));

test("two pages come to the same code, and to another one over another connection", async () => {
  connect();
  await ready();
  const first = state(doctor).code;
  assert.deepEqual(state(guest).code, first);
  doctor.security.isChecked = true;
  const again = doctor.meets(GUEST, "AA", "EE");
  assert.equal(state(doctor).state, "waiting");
  assert.equal(doctor.security.isChecked, false);
  assert.ok(again);
  connect();
  await ready();
  assert.notDeepEqual(state(doctor).code, first);
});

test("a channel that is announced twice is committed to once", async () => {
  const [to] = connect();
  doctor.tells("control", to);
  await ready();
  assert.deepEqual(
    doctor.sent.map(({ type }) => type),
    ["commit", "reveal"],
  );
});

test("words of a connection that was replaced count for nothing", async () => {
  const [old] = connect();
  await ready();
  const late = doctor.sent[0];
  connect();
  await ready();
  doctor.tells("word", old, late);
  await until(() => true);
  assert.equal(state(doctor).state, "ready");
});

test("another key than the one in the description is an alarm", async () => {
  const [to, from] = [doctor.meets(GUEST, "AA", "BB"), guest.meets(DOCTOR, "EE", "AA")];
  doctor.pass = (word) => guest.tells("word", from, word);
  guest.pass = (word) => doctor.tells("word", to, word);
  doctor.tells("control", to);
  guest.tells("control", from);
  await until(() => state(doctor).state === "broken");
  assert.equal(state(doctor).reason, "fingerprint");
  assert.equal(doctor.security.alarm.why, "broken");
});

test("a channel that opens before the page sees the descriptions is compared when it does", async () => {
  const [to, from] = [doctor.meets(GUEST, "AA", "EE"), guest.meets(DOCTOR, "EE", "AA")];
  doctor.pass = (word) => guest.tells("word", from, word);
  guest.pass = (word) => doctor.tells("word", to, word);
  const { pc } = to.peer.link;
  const late = Object.assign(new EventTarget(), { ...pc, remoteDescription: null });
  to.peer.link.pc = late;
  doctor.tells("control", to);
  guest.tells("control", from);
  await until(() => guest.sent.length);
  assert.deepEqual(doctor.sent, []);
  late.remoteDescription = pc.remoteDescription;
  late.dispatchEvent(new Event("signalingstatechange"));
  await ready();
});

test("who left is not compared with any more", async () => {
  const [to] = connect();
  await ready();
  doctor.tells("left", to);
  assert.deepEqual([state(doctor).state, doctor.security.people], ["waiting", []]);
});

test("an alarm takes back what was checked, on the side that raises it and on the other", async () => {
  connect();
  await ready();
  const alarms = [];
  for (const { security } of [doctor, guest]) {
    security.isChecked = true;
    security.addEventListener("alarm", () => alarms.push(security.alarm.why));
  }
  doctor.say = (word) => doctor.pass(word);
  doctor.security.doubt(GUEST);
  assert.deepEqual(alarms, ["doubted", "differ"]);
  assert.deepEqual([doctor.security.isChecked, guest.security.isChecked], [false, false]);
  assert.equal(guest.security.alarm.person, DOCTOR);
});

test("the other side hears that the words are the same here, and only of these words", async () => {
  const [, from] = connect();
  await ready();
  doctor.say = (word) => doctor.pass(word);
  doctor.security.agree();
  assert.equal(doctor.security.isChecked, true);
  assert.deepEqual([...guest.security.agreed], [DOCTOR.participant]);
  guest.security.agreed.clear();
  guest.tells("word", from, { type: "agree", epoch: state(guest).epoch + 1 });
  assert.equal(guest.security.agreed.size, 0);
});

test("an alarm stays over another connection, for who begins to listen later", async () => {
  const [, from] = connect();
  await ready();
  guest.tells("word", from, { type: "doubt" });
  connect();
  await ready();
  assert.equal(guest.security.alarm.why, "doubted");
  guest.security.stop();
  assert.equal(guest.security.alarm, null);
});
