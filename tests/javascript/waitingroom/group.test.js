/** The line of a group: when it is seen, what it offers, and when what it said is gone. */

import assert from "node:assert/strict";
import test from "node:test";
import { openPage } from "../page.js";

const globals = /** @type {any} */ (globalThis);
globals.HTMLElement = class extends EventTarget {
  dataset = {};
  textContent = "";
  hidden = false;
};
openPage("https://portal.example/desk");
const { wake } = await import("../../../static/waitingroom/group.js");

/** A desk in a call with one guest, while another of the group waits. @param {object} talks */
function desk(talks) {
  const own = { waiting: [{ dataset: { joins: "" } }], "in_call]": [{ dataset: talks }] };
  const found = (/** @type {string} */ asked) => (asked.includes("checked") ? [] : of(asked));
  const of = (/** @type {string} */ asked) =>
    Object.entries(own).flatMap(([state, rows]) => (asked.includes(state) ? rows : []));
  const root = new globals.HTMLElement();
  Object.assign(root, { dataset: { calling: "true" }, querySelectorAll: found });
  const parts = /** @type {Record<string, any>} */ ({});
  const form = new globals.HTMLElement();
  Object.assign(form, {
    closest: () => root,
    getAttribute: () => null,
    querySelector: (/** @type {string} */ name) => (parts[name] ??= new globals.HTMLElement()),
  });
  globals.document.getElementById = () => ({ dataset: { leads: "true" } });
  const sleep = wake(form);
  return { form, own, sleep, told: form.querySelector("[data-part=told]") };
}

test("a group comes into a call with one of it, not with a guest who agreed to none", () => {
  for (const [talks, hidden] of /** @type {[object, boolean][]} */ ([
    [{ joins: "" }, false],
    [{}, true],
  ])) {
    const { form, sleep } = desk(talks);
    sleep();
    assert.equal(form.hidden, hidden);
  }
});

test("what the line said of a call goes with the call, and so does the empty line", () => {
  const { form, own, sleep, told } = desk({ joins: "" });
  told.textContent = "Es warten weiter: Jan Beispiel.";
  own.waiting = [];
  document.dispatchEvent(new Event("queue:changed"));
  assert.equal(form.hidden, false);
  document.dispatchEvent(new Event("call:ended"));
  sleep();
  assert.deepEqual([told.textContent, form.hidden], ["", true]);
});
