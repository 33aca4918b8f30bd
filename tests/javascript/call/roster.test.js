import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Roster } from "../../../static/call/people/roster.js";
import { limitFor, under } from "../../../static/call/quality/crowd.js";
import { RUNGS } from "../../../static/call/quality/ladder.js";
import { settled } from "./fakes.js";

const person = (letter, role) => ({ participant: letter.repeat(32), name: letter, role });
const [MARA, ERIKA, JAN] = [person("d", "host"), person("e", "guest"), person("a", "colleague")];
let mesh;
let call;
let roster;
let heard;
let tells;

const happens = (to, type, detail) => to.dispatchEvent(new CustomEvent(type, { detail }));
const comes = (who) => {
  mesh.entries.set(who.participant, { person: { ...who } });
  happens(mesh, "met", {});
};
const goes = (who) => {
  mesh.entries.delete(who.participant);
  happens(mesh, "left", {});
};
const roleOf = (who) => mesh.entries.get(who.participant).person.role;

beforeEach(() => {
  mesh = Object.assign(new EventTarget(), { entries: new Map() });
  call = Object.assign(new EventTarget(), { id: "c" });
  heard = [];
  const on = (_type, hear) => {
    tells = hear;
    return () => {};
  };
  roster = new Roster(mesh, { participant: MARA.participant, role: "host" }, call, { on });
  mesh.addEventListener("roster", ({ detail }) => heard.push(detail));
});

test("each change of who is there is told once, with a number above the last", async () => {
  comes(ERIKA);
  comes(JAN);
  await settled();
  assert.deepEqual(heard, [
    { epoch: 1, participants: [JAN, MARA, ERIKA].map(({ participant }) => participant) },
  ]);
  // Whoever comes back over another connection is no other company.
  comes(ERIKA);
  await settled();
  assert.equal(heard.length, 1);
  goes(JAN);
  await settled();
  assert.equal(heard.at(-1).epoch, 2);
  // Nor is a company of the same people the same as before.
  comes(JAN);
  await settled();
  assert.equal(heard.at(-1).epoch, 3);
  assert.equal(roster.count, 3);
});

test("there is one host before and after a call was handed over", () => {
  comes(ERIKA);
  comes(JAN);
  assert.equal(roster.leads, true);
  tells({ call: "another", participant: JAN.participant });
  assert.equal(roster.leads, true);
  tells({ call: "c", participant: JAN.participant });
  assert.deepEqual([roster.role, roleOf(JAN), roleOf(ERIKA)], ["colleague", "host", "guest"]);
});

test("a page that was away learns from the server who leads the call now", () => {
  comes(ERIKA);
  comes(JAN);
  happens(call, "joined", { role: "colleague", participants: [ERIKA, { ...JAN, role: "host" }] });
  assert.deepEqual([roster.role, roleOf(JAN)], ["colleague", "host"]);
});

test("pictures are at most 360 lines high from five people on, and poorer ones stay poorer", () => {
  assert.deepEqual(under(RUNGS[0], limitFor(4), 720), RUNGS[0]);
  const small = under(RUNGS[0], limitFor(5), 720);
  assert.equal(720 / small.scale, 360);
  assert.ok(small.bitrate > 0);
  assert.equal(under(RUNGS[0], limitFor(9), 240).scale, 1);
  assert.equal(under(RUNGS[2], limitFor(9), 480).bitrate, RUNGS[2].bitrate);
});
