import assert from "node:assert/strict";
import { test } from "node:test";

const made = /** @type {string[]} */ ([]);
Object.assign(globalThis, {
  location: new URL("http://localhost:8000/desk"),
  trustedTypes: {
    createPolicy(/** @type {string} */ name, /** @type {any} */ rules) {
      made.push(name);
      return {
        createHTML: (/** @type {string} */ text) => ({ trusted: rules.createHTML(text) }),
        createScriptURL: (/** @type {string} */ url) => ({ trusted: rules.createScriptURL(url) }),
        rules,
      };
    },
  },
});
const { html, workerUrl } = await import("../../static/trusted.js");

test("there is one policy, and it makes HTML", () => {
  assert.deepEqual(made, ["portal"]);
  assert.deepEqual(html("<p>"), { trusted: "<p>" });
});

test("one script of our own may run beside a page, and no other", () => {
  const address = "http://localhost:8000/static/ab12/vendor/pdf.worker.js";
  assert.deepEqual(workerUrl(new URL(address)), { trusted: address });
  for (const other of [
    "http://localhost:8000/static/ab12/main.js",
    "http://localhost:8000/static/ab12/p/x/vendor/pdf.worker.js",
    "http://localhost:8000/calls/vendor/pdf.worker.js",
    "https://evil.example/static/ab12/vendor/pdf.worker.js",
    "data:text/javascript,1",
    "blob:http://localhost:8000/0",
  ]) {
    assert.throws(() => workerUrl(new URL(other)), TypeError, other);
  }
});
