import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { emptyRoom, furnishRoom } from "./room.js";

furnishRoom();
globalThis.navigator.onLine = true;
const { Status } = await import("../../../static/call/status.js");

let root;
let status;

const state = () => root.querySelector("[data-call=state]").dataset.state;
const late = () => root.querySelector("[data-call=late]");
const asks = () => !late().hidden && late().querySelector("[data-late=say]").textContent;

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  root = emptyRoom().root;
  status = new Status(root);
});

test("a connection that stands before its person is drawn is shown as standing", () => {
  status.follow("1", "connected");
  status.knows("1", "Erika Muster");
  assert.equal(state(), "connected");
});

test("who has left is not waited for", () => {
  status.knows("1", "Erika Muster");
  status.knows("2", "Jan Beispiel");
  status.follow("1", "connected");
  assert.equal(state(), "connecting");
  status.forget("2");
  assert.equal(state(), "connected");
});

test("when nobody answers for a while, the page says who, and asks what to do", () => {
  status.knows("1", "Erika Muster");
  mock.timers.tick(44_000);
  status.server(false);
  assert.equal(asks(), false);
  mock.timers.tick(1000);
  assert.equal(asks(), "late Erika Muster");
  // Whoever goes on waiting is asked again, as long as it lasts.
  late().querySelector("[data-late=wait]").dispatchEvent(new Event("click"));
  assert.equal(asks(), false);
  mock.timers.tick(45_000);
  assert.equal(asks(), "late Erika Muster");
  status.follow("1", "connected");
  assert.equal(asks(), false);
});

test("nobody is asked while one of the others is reached, or when the call is over", () => {
  status.knows("1", "Erika Muster");
  status.knows("2", "Jan Beispiel");
  status.follow("1", "connected");
  mock.timers.tick(600_000);
  assert.equal(asks(), false);
  status.follow("1", "failed");
  mock.timers.tick(45_000);
  assert.equal(asks(), "late Erika Muster, Jan Beispiel");
  status.clear();
  assert.equal(asks(), false);
  mock.timers.tick(600_000);
  assert.equal(asks(), false);
});
