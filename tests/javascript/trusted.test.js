import assert from "node:assert/strict";
import { test } from "node:test";

const made = /** @type {string[]} */ ([]);
Object.assign(globalThis, {
  trustedTypes: {
    createPolicy(/** @type {string} */ name, /** @type {any} */ rules) {
      made.push(name);
      return {
        createHTML: (/** @type {string} */ text) => ({ trusted: rules.createHTML(text) }),
        rules,
      };
    },
  },
});
const { html } = await import("../../static/trusted.js");

test("there is one policy, and it makes HTML only", () => {
  assert.deepEqual(made, ["portal"]);
  assert.deepEqual(html("<p>"), { trusted: "<p>" });
});
