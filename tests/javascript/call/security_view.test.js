import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { emptyRoom, furnishRoom, press } from "./room.js";

furnishRoom();
const { SecurityView } = await import("../../../static/call/security/view.js");

const DOCTOR = { participant: "a".repeat(32), name: "Dr. Mara Probe", role: "host" };
let room;
let security;
let view;

const ME = { participant: "e".repeat(32), name: "Erika Muster", role: "guest" };
const JAN = { participant: "b".repeat(32), name: "Jan Beispiel", role: "companion" };

class FakeSecurity extends EventTarget {
  outcome = { state: "waiting" };
  isChecked = false;
  agreed = new Set();
  alarm = null;
  me = ME;
  people = [DOCTOR];

  finds(outcome) {
    this.outcome = outcome;
    this.isChecked = false;
    this.agreed.clear();
    this.dispatchEvent(new CustomEvent("outcome"));
    if (outcome.state === "broken") this.raises("broken");
  }

  agree() {
    this.isChecked = true;
  }

  hears(participant) {
    this.agreed.add(participant);
    this.dispatchEvent(new CustomEvent("agreed"));
  }

  doubt(person) {
    this.alarm = { person, why: "differ" };
    this.dispatchEvent(new Event("alarm"));
  }

  raises(why) {
    this.alarm = { person: DOCTOR, why };
    this.dispatchEvent(new Event("alarm"));
  }
}

const ready = (first, lot = 0) => {
  const languages = new Map([
    [DOCTOR.participant, "de"],
    [ME.participant, "en"],
  ]);
  security.finds({ state: "ready", epoch: 1, code: Uint8Array.of(first, 1, 2, 3), lot, languages });
};
const panel = () => room.root.querySelector("#call-security");
const shown = (name) => panel().querySelector(name);
const line = () => room.root.querySelector("[data-call=trust]");
const again = () => shown("[data-security=again]");
const why = () => shown("[data-security=why]").textContent;
const listed = () => shown("ol").children.map(({ textContent }) => textContent);

beforeEach(() => {
  room = emptyRoom();
  security = new FakeSecurity();
  view = new SecurityView(room, security);
});

test("words of an earlier connection are not offered for one whose keys do not fit", () => {
  ready(0);
  assert.equal(listed().length, 4);
  security.finds({ state: "waiting" });
  assert.deepEqual(listed(), []);
  security.finds({ state: "broken", reason: "fingerprint", who: [] });
  assert.equal(line().dataset.state, "alarm");
  assert.equal(again().hidden, true);
});

test("a slip of the tongue can be compared once more, over the same words", () => {
  ready(0);
  const words = listed();
  security.raises("doubted");
  assert.equal(again().hidden, false);
  press(panel(), "security", "again");
  assert.deepEqual(listed(), words);
  press(panel(), "security", "right");
  assert.equal(security.isChecked, true);
  assert.equal(line().dataset.state, "checked");
});

test("no new connection takes an alarm back; a person does, or the end of the call", () => {
  ready(0);
  security.raises("doubted");
  for (const find of [() => security.finds({ state: "waiting" }), () => ready(9)]) {
    find();
    assert.equal(line().dataset.state, "alarm");
    assert.match(line().textContent, /^trust-alarm/);
  }
  press(panel(), "security", "again");
  assert.equal(line().dataset.state, "open");
  security.raises("broken");
  room.root.classList.add("is-alarmed");
  security.alarm = null;
  view.stop();
  assert.equal(line().dataset.state, "waiting");
  assert.equal(room.root.classList.contains("is-alarmed"), false);
});

test("the reason of an alarm is said again in another language, and goes with the alarm", () => {
  ready(0);
  security.raises("doubted");
  assert.equal(why(), "security-doubted Dr. Mara Probe");
  document.dispatchEvent(new Event("language:changed"));
  assert.equal(why(), "security-doubted Dr. Mara Probe");
  press(panel(), "security", "again");
  assert.equal(why(), "");
});

test("a view that comes late still shows the alarm", () => {
  const late = new FakeSecurity();
  late.raises("doubted");
  room = emptyRoom();
  new SecurityView(room, late);
  assert.equal(line().dataset.state, "alarm");
  assert.deepEqual(room.opened, ["security"]);
  assert.equal(why(), "security-doubted Dr. Mara Probe");
});

const said = () => shown("[data-security=say]").textContent.split(" ")[0];
const members = () => shown("[data-security=members]").children.map((each) => each.textContent);
const step = (me, people, lot) => {
  Object.assign(security, { me, people });
  ready(0, lot);
  return said();
};

test("in a group the host reads first, one other last, and all the others listen", () => {
  // Sorted, Jan comes before Erika: the lot says who of both reads the last words.
  for (const [lot, jan, erika] of [
    [0, "second", "listen"],
    [1, "listen", "second"],
    [2, "second", "listen"],
  ]) {
    assert.equal(step(DOCTOR, [ME, JAN], lot), "security-first");
    assert.equal(step(JAN, [ME, DOCTOR], lot), `security-${jan}`);
    assert.equal(step(ME, [DOCTOR, JAN], lot), `security-${erika}`);
    assert.equal(shown("[data-security=compare]").hidden, false);
    assert.equal(shown("form").hidden, true);
    // All read the list of the host.
    assert.equal(listed()[0], "Abend");
  }
});

test("a group in which nobody leads still agrees on who reads", () => {
  const [one, other, third] = ["1", "2", "3"].map((digit) => ({
    participant: digit.repeat(32),
    name: digit,
    role: "colleague",
  }));
  assert.equal(step(one, [other, third], 1), "security-first");
  assert.equal(step(other, [one, third], 1), "security-listen");
  assert.equal(step(third, [other, one], 1), "security-second");
});

test("the frame of a member is grey until both sides have found the words to be the same", () => {
  const sure = new Map();
  room.stage.vouch = (participant, isSure) => sure.set(participant, isSure);
  step(ME, [DOCTOR, JAN], 0);
  security.hears(DOCTOR.participant);
  assert.deepEqual([...sure.values()], [false, false]);
  assert.deepEqual(
    members().map((each) => each.split(" ")[0]),
    ["security-unsure", "security-sure", "security-unsure"],
  );
  press(panel(), "security", "right");
  assert.equal(said(), "security-agreed");
  assert.match(line().textContent, /^trust-group/);
  assert.deepEqual(sure.get(DOCTOR.participant), true);
  assert.deepEqual(sure.get(JAN.participant), false);
  security.hears(JAN.participant);
  assert.deepEqual([...sure.values()], [true, true]);
  // Whoever comes brings another list: nothing is checked any more.
  security.finds({ state: "waiting" });
  assert.equal(said(), "security-gather");
  assert.deepEqual([...sure.values()], [false, false]);
});

test("a group hears of words that differ without a name that would be guessed", () => {
  step(ME, [DOCTOR, JAN], 0);
  press(panel(), "security", "wrong");
  assert.equal(line().dataset.state, "alarm");
  assert.match(why(), /^security-differ security-others/);
  press(panel(), "security", "again");
  assert.equal(listed().length, 4);
});
