import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { emptyRoom, furnishRoom, press } from "./room.js";

furnishRoom();
const { SecurityView } = await import("../../../static/call/security/view.js");

const DOCTOR = { participant: "a".repeat(32), name: "Dr. Mara Probe", role: "host" };
let room;
let security;
let view;

class FakeSecurity extends EventTarget {
  outcomes = new Map();
  isChecked = false;
  alarm = null;

  finds(outcome) {
    const detail = { person: DOCTOR, outcome };
    this.outcomes.set(DOCTOR.participant, detail);
    this.dispatchEvent(new CustomEvent("outcome", { detail }));
    if (outcome.state === "broken") this.raises("broken");
  }

  raises(why) {
    this.alarm = { person: DOCTOR, why };
    this.dispatchEvent(new Event("alarm"));
  }
}

const ready = (first) => {
  security.finds({ state: "ready", code: Uint8Array.of(first, 1, 2, 3), language: "de" });
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
  security.finds({ state: "broken", reason: "fingerprint" });
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
