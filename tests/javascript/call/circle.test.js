import assert from "node:assert/strict";
import { test } from "node:test";
import { between, Circle, echo, relay } from "./circle.js";

const RUNS = 25;

const ATTACKS = {
  "a key of its own on one connection": [() => Circle.of("abcd", between()), "differ"],
  "another key, and words handed on": [() => Circle.of("abcd", relay()), "broken"],
  "a commitment sent back": [() => Circle.of("abcd", echo()), "broken"],
  "a ghost to one": [() => ghost(([first]) => [first]), "differ"],
  "a ghost to all": [() => ghost((pages) => pages), "count"],
};

/** Somebody is in the call of those whom the server chooses. */
async function ghost(choose) {
  const circle = await Circle.of("abc");
  const friends = choose(circle.pages);
  const stranger = await circle.load("f");
  for (const page of friends) circle.connect(page, stranger);
  return circle;
}

for (const [name, [begin, why]] of Object.entries(ATTACKS)) {
  test(`a lying server is found out each time in a group: ${name}`, async () => {
    for (let run = 0; run < RUNS; run++) {
      const circle = await begin();
      await circle.settle((found) => found.includes(why));
      assert.ok(circle.findings.includes(why), `${circle.findings} in run ${run}`);
      circle.close();
    }
  });
}

test("honest pages are never suspected, while people come, go and load anew", async () => {
  for (let run = 0; run < RUNS; run++) {
    const circle = await Circle.of("abc");
    // Half of the runs wait for each step, and in the others all happens at once.
    const pause = () => (run % 2 ? circle.settle() : null);
    await pause();
    await circle.join("d");
    await pause();
    await circle.reload(circle.pages[run % 4]);
    await pause();
    circle.leave(circle.pages[run % 3]);
    await circle.settle();
    const outcomes = circle.pages.map(({ security }) => security.outcome);
    assert.deepEqual(circle.findings, [], JSON.stringify([run, outcomes]));
    const lots = circle.pages.map(({ security }) => security.outcome.lot);
    assert.equal(new Set(lots).size, 1);
    circle.close();
  }
});

test("whoever comes takes back what was checked, and brings other words", async () => {
  const circle = await Circle.of("abc");
  await circle.settle();
  const [{ security }] = circle.pages;
  const { code, epoch } = security.outcome;
  security.agree();
  await circle.settle();
  assert.equal(circle.pages[1].security.agreed.size, 1);
  await circle.join("d");
  assert.equal(security.outcome.state, "waiting");
  assert.equal(security.isChecked, false);
  assert.equal(circle.pages[1].security.agreed.size, 0);
  await circle.settle();
  assert.ok(security.outcome.epoch > epoch);
  assert.notDeepEqual(security.outcome.code, code);
  circle.close();
});
