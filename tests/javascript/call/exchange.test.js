import assert from "node:assert/strict";
import { test } from "node:test";
import { Exchange } from "../../../static/call/security/exchange.js";
import { ATTACKS, ghosts, honest, lucky } from "./liar.js";

const RUNS = 300;

for (const [name, attack] of Object.entries(ATTACKS)) {
  test(`a lying server is found out each time: ${name}`, async () => {
    for (let run = 0; run < RUNS; run++) assert.ok(await attack(), `missed in run ${run}`);
  });
}

test("honest pages are never suspected, however often they connect anew", async () => {
  for (let run = 0; run < RUNS; run++) assert.equal(await honest(run % 5), null);
});

test("a ghost in the roster of one, or of all, changes the words", async () => {
  assert.ok(await ghosts());
});

test("with eight bits an attacker is as lucky as chance allows", async () => {
  const tries = 2048;
  const expected = tries / 256;
  const spread = 3 * Math.sqrt(expected);
  const fits = await lucky(tries);
  assert.ok(Math.abs(fits - expected) < spread + 1, `${fits} of ${tries}`);
});

test("who goes in the middle of a comparison is not taken for a stranger", async () => {
  const call = "ca".repeat(16);
  const [me, erika, jan] = [..."aej"].map((letter) => {
    return { participant: letter.repeat(32), name: letter, fingerprint: letter };
  });
  const outcomes = /** @type {any[]} */ ([]);
  let leaves = true;
  const exchange = new Exchange({
    call,
    language: "de",
    seen: new Set(),
    tell: (outcome) => outcomes.push(outcome),
    say: () => {
      if (leaves) exchange.pause(jan.participant);
      leaves = false;
    },
  });
  for (const { participant } of [erika, jan]) {
    exchange.pause(participant);
    const commitment = participant.replaceAll("j", "b") + participant.replaceAll("j", "c");
    // What comes before the own page compares is kept for then.
    exchange.hear(participant, { type: "commit", call, epoch: 1, commitment, language: "de" });
  }
  await exchange.begin(me, [erika, jan]);
  await exchange.begin(me, [erika]);
  assert.deepEqual(outcomes, []);
  exchange.stop();
});
