import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { answering, openPage } from "./page.js";

let page = openPage("https://portal.example/desk?q=1");
const session = await import("../../static/session.js");

beforeEach(() => {
  page = openPage("https://portal.example/desk?q=1");
});

test("a request carries the token, the language and no cookie", async () => {
  const asked = answering(new Response("ok"));
  session.signIn("secret");
  await session.request("/desk/queue");
  const { url, options } = asked[0];
  assert.equal(url, "https://portal.example/desk/queue");
  assert.equal(options.headers.get("Authorization"), "Bearer secret");
  assert.equal(options.headers.get("X-Portal-Language"), "de");
  assert.equal(options.headers.get("X-Portal-Request"), "fetch");
  assert.equal(options.credentials, "omit");
});

test("the token never leaves the own origin", async () => {
  const asked = answering(new Response("ok"));
  session.signIn("secret");
  for (const url of [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "http://portal.example/",
  ]) {
    await assert.rejects(session.request(url), TypeError);
  }
  assert.equal(asked.length, 0);
});

test("without anybody signed in, no token is sent", async () => {
  const asked = answering(new Response("ok"));
  await session.request("/privacy");
  assert.equal(asked[0].options.headers.has("Authorization"), false);
});

test("an ended session leads to the sign-in and back", async () => {
  answering(new Response("", { status: 401 }));
  session.signIn("secret");
  await session.request("/desk/queue");
  assert.equal(session.token(), null);
  assert.deepEqual(page.went, ["/sign-in?next=%2Fdesk%3Fq%3D1#ended"]);
});

test("several requests that end together lead away once", async () => {
  answering(new Response("", { status: 401 }), new Response("", { status: 401 }));
  session.signIn("secret");
  await Promise.all([session.request("/a"), session.request("/b")]);
  assert.equal(page.went.length, 1);
});

test("a late 401 of an earlier token does not end the new session", async () => {
  /** @type {(answer: Response) => void} */
  let answer = () => {};
  globalThis.fetch = () => new Promise((resolve) => (answer = resolve));
  session.signIn("old");
  const late = session.request("/desk/queue");
  session.signIn("new");
  answer(new Response("", { status: 401 }));
  await late;
  assert.equal(session.token(), "new");
  assert.deepEqual(page.went, []);
});

test("a guest whose session ended comes back to the code", async () => {
  page = openPage("https://portal.example/visit", { audience: "guest" });
  answering(new Response("", { status: 401 }));
  session.signIn("secret");
  await session.request("/visit/status");
  assert.deepEqual(page.went, ["/"]);
});

test("a page that has words of its own for the end stays", async () => {
  document.addEventListener("session:ended", (event) => event.preventDefault());
  answering(new Response("", { status: 401 }));
  session.signIn("secret");
  await session.request("/visit/status");
  assert.equal(session.token(), null);
  assert.deepEqual(page.went, []);
});

test("signing out tells the server and forgets, even when the server cannot be reached", async () => {
  const asked = answering();
  session.signIn("secret");
  await session.signOut();
  assert.equal(asked[0].url, "/sign-out");
  assert.equal(asked[0].options.headers.Authorization, "Bearer secret");
  assert.equal(session.token(), null);
  assert.deepEqual(page.went, ["/sign-in#signed-out"]);
});

test("a tab with the same token is signed out too, another is not", async () => {
  const stop = session.listen();
  const other = new BroadcastChannel("portal.session");
  session.signIn("mine");
  other.postMessage({ type: "signed-out", token: "theirs" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(session.token(), "mine");
  other.postMessage({ type: "signed-out", token: "mine" });
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(session.token(), null);
  other.close();
  stop();
});

test("a ticket is asked for with the token, and stands in the address instead of it", async () => {
  const asked = answering(Response.json({ url: "/desk/codes.csv?ticket=once" }));
  session.signIn("secret");
  assert.equal(await session.ticket("/desk/codes.csv"), "/desk/codes.csv?ticket=once");
  assert.equal(String(asked[0].options.body), "path=%2Fdesk%2Fcodes.csv");
});

test("the chosen language goes along where no header can", async () => {
  sessionStorage.setItem("portal.language", "en");
  answering(new Response("", { status: 401 }));
  session.signIn("secret");
  await session.request("/desk/queue");
  assert.deepEqual(page.went, ["/sign-in?next=%2Fdesk%3Fq%3D1&lang=en#ended"]);
});

test("where storage is forbidden, memory serves", async () => {
  const refuse = () => {
    throw new DOMException("denied", "SecurityError");
  };
  Object.assign(globalThis, {
    sessionStorage: { getItem: refuse, setItem: refuse, removeItem: refuse },
  });
  const asked = answering(new Response("ok"));
  session.signIn("secret");
  await session.request("/desk");
  assert.equal(asked[0].options.headers.get("Authorization"), "Bearer secret");
});
