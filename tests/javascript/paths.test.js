import assert from "node:assert/strict";
import { test } from "node:test";
import { openPage } from "./page.js";

openPage("https://portal.example/sign-in");
const { pathOf, safeNext, sameOrigin } = await import("../../static/paths.js");

test("after signing in one comes to where one wanted to go", () => {
  assert.equal(safeNext("/desk/codes?q=a%20b", "/desk"), "/desk/codes?q=a%20b");
});

for (const next of [
  "//elsewhere.example/",
  "/\\elsewhere.example/",
  "/\t/elsewhere.example/",
  "/%09//elsewhere.example/../..//x",
  "https://elsewhere.example/",
  "javascript:alert(1)",
  " /desk",
  "desk",
  "",
  null,
  undefined,
  "/sign-in?next=/sign-in",
]) {
  test(`an address that is not ours is not followed: ${JSON.stringify(next)}`, () => {
    const where = safeNext(next, "/desk");
    const target = new URL(where, "https://portal.example/");
    assert.equal(target.origin, "https://portal.example");
    assert.ok(!where.startsWith("//"));
    if (!next?.startsWith("/%09")) assert.equal(where, "/desk");
  });
}

test("a path is told without its fragment, which may be a code", () => {
  assert.equal(pathOf("/j?lang=en#7KX2M9QF4T"), "/j?lang=en");
});

test("another origin is refused", () => {
  assert.throws(() => sameOrigin("https://elsewhere.example/desk"), TypeError);
  assert.equal(sameOrigin("/desk").pathname, "/desk");
});
