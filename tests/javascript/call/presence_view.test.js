import assert from "node:assert/strict";
import { test } from "node:test";
import { sentences } from "../../../static/call/presence/view.js";

const TEXTS = {
  "data-text-present-alone": "{name} ist allein.",
  "data-text-present-alone-many": "{names} sind allein.",
  "data-text-present-with": "Bei {name}: {who}.",
  "data-text-present-unknown": "{name} hat nichts gesagt.",
  "data-text-present-unknown-many": "{names} haben nichts gesagt.",
};
const root = { getAttribute: (key) => TEXTS[key] };
const said = (name, present) => ({ person: { name }, present });
const ALONE = { alone: true, who: "" };

test("those who have not said who is there are named in one sentence", () => {
  globals();
  const told = [
    said("Erika", null),
    said("Mara", ALONE),
    said("Jan", null),
    said("Ayşe", { alone: false, who: "ihre Tochter" }),
    said("Kim", null),
  ];
  assert.deepEqual(sentences(root, told), [
    "Bei Ayşe: ihre Tochter.",
    "Mara ist allein.",
    "Erika, Jan und Kim haben nichts gesagt.",
  ]);
});

test("one alone is named as before, and several together", () => {
  globals();
  assert.deepEqual(sentences(root, [said("Erika", null)]), ["Erika hat nichts gesagt."]);
  const two = [said("Mara", ALONE), said("Jan", ALONE)];
  assert.deepEqual(sentences(root, two), ["Mara und Jan sind allein."]);
  assert.deepEqual(sentences(root, []), []);
});

function globals() {
  globalThis.document = { documentElement: { lang: "de" } };
}
