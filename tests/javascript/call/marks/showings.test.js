import assert from "node:assert/strict";
import { test } from "node:test";
import { Showings } from "../../../../static/call/marks/showings.js";
import { End, ERIKA, FakeMesh, JAN, MARA, thing } from "../board/boards.js";

/** One end of the channel for marks; what is sent stays as it is. */
class Wire extends End {
  send(data) {
    this.sent.push(data);
    this.other?.onmessage?.({ data });
  }
}

function wires() {
  const [one, two] = [new Wire(), new Wire()];
  one.other = two;
  two.other = one;
  return [one, two];
}

const peer = (marks) => ({ link: { channels: { marks } } });

/** Three pages, each with a channel to each other one. */
function three() {
  const people = [MARA, ERIKA, JAN];
  const meshes = people.map(() => new FakeMesh());
  const join = (here, there) => {
    const [near, far] = wires();
    meshes[here].entries.set(people[there].participant, {
      person: people[there],
      peer: peer(near),
    });
    meshes[there].entries.set(people[here].participant, { person: people[here], peer: peer(far) });
    return [near, far];
  };
  const ends = [join(0, 1), join(0, 2), join(1, 2)];
  const pages = people.map(({ participant }, place) => new Showings(meshes[place], participant));
  return { pages, meshes, ends };
}

const boardOf = (page, { participant }) => page.open.get(participant)?.board;
const drawn = (page, person) =>
  boardOf(page, person)
    ?.sheets.all()
    .map(({ id }) => id)
    .sort();
const by = (person, values) => thing({ by: person.participant, ...values });

test("what anybody draws on a shared screen stands on it everywhere, and goes with the sharing", () => {
  const { pages } = three();
  const [mara, erika, jan] = pages;
  mara.offer(true);
  assert.deepEqual(
    pages.map((page) => drawn(page, MARA)),
    [[], [], []],
  );
  const [one, another] = [by(ERIKA), by(JAN, { kind: "ink", points: [1, 1, 50] })];
  boardOf(erika, MARA).change({ put: [one] });
  boardOf(jan, MARA).change({ put: [another] });
  for (const page of pages) assert.deepEqual(drawn(page, MARA), [one.id, another.id].sort());
  mara.offer(false);
  for (const page of pages) assert.equal(boardOf(page, MARA), undefined);
  // Another sharing begins with nothing on it.
  mara.offer(true);
  for (const page of pages) assert.deepEqual(drawn(page, MARA), []);
});

test("two screens that are shared at once do not mix", () => {
  const { pages } = three();
  const [mara, erika, jan] = pages;
  mara.offer(true);
  erika.offer(true);
  const one = by(JAN);
  boardOf(jan, ERIKA).change({ put: [one] });
  for (const page of pages) assert.deepEqual(drawn(page, ERIKA), [one.id]);
  for (const page of pages) assert.deepEqual(drawn(page, MARA), []);
  erika.offer(false);
  assert.ok(boardOf(jan, MARA));
});

test("whoever loads the page anew gets what stands there, and their own screen is shared no more", () => {
  const { pages, meshes } = three();
  const [mara, , jan] = pages;
  mara.offer(true);
  jan.offer(true);
  const one = by(JAN);
  boardOf(jan, MARA).change({ put: [one] });
  const mesh = new FakeMesh();
  const again = [MARA, ERIKA].map((person, place) => {
    const [near, far] = wires();
    mesh.entries.set(person.participant, { person, peer: peer(near) });
    meshes[place].tells("control", { entry: { person: JAN, peer: peer(far) } });
    return near;
  });
  const page = new Showings(mesh, JAN.participant);
  assert.deepEqual(drawn(page, MARA), [one.id]);
  assert.equal(boardOf(mara, JAN), undefined);
  assert.ok(again.every(({ sent }) => sent.length > 0));
  mesh.tells("left", { entry: { person: MARA } });
  assert.equal(boardOf(page, MARA), undefined);
});

/** Mara's page, whose screen is shared, and the end that a hostile page holds. */
function alone() {
  const mesh = new FakeMesh();
  const [near, far] = wires();
  mesh.entries.set(ERIKA.participant, { person: ERIKA, peer: peer(near) });
  const mara = new Showings(mesh, MARA.participant);
  mara.offer(true);
  const { key } = mara.open.get(MARA.participant);
  const change = (values) => JSON.stringify({ type: "change", put: [[1, by(ERIKA, values)]] });
  return { mara, far, key, change };
}

const [FILE, KEY] = ["f".repeat(32), "k".repeat(43)];
const REFUSED = {
  text: { kind: "text", points: [1, 1], text: "Knie" },
  "a picture": { kind: "picture", points: [9, 9], file: { id: FILE, key: KEY } },
  "another sheet": { sheet: 1 },
  "a colour with a style": { colour: "red;x" },
};
for (const [name, values] of Object.entries(REFUSED)) {
  test(`${name} does not come onto a screen`, () => {
    const { mara, far, key, change } = alone();
    far.send(`${key} ${change(values)}`);
    far.send(`${key} ${JSON.stringify({ type: "draft", from: 0, item: by(ERIKA, values) })}`);
    far.send(`${key} ${JSON.stringify({ type: "change", turn: [1, 3] })}`);
    assert.deepEqual(drawn(mara, MARA), []);
    assert.equal(boardOf(mara, MARA).sheets.current, 0);
    far.send(`${key} ${change({})}`);
    assert.equal(drawn(mara, MARA).length, 1);
  });
}

test("where nobody may draw, nothing that comes all the same is read", () => {
  const { mara, far, key, change } = alone();
  mara.offer(false);
  far.send(`${key} ${change({})}`);
  assert.equal(mara.open.size, 0);
  mara.offer(true);
  far.send(`${key} ${change({})}`);
  assert.deepEqual(drawn(mara, MARA), []);
});

test("a page speaks for its own screen alone, and what is malformed is nothing", () => {
  const { mara, far, key, change } = alone();
  const id = key.slice(32);
  const wrong = [
    "{",
    "null",
    "7",
    `${key}`,
    `${key.toUpperCase()} ${change({})}`,
    "x".repeat(70_000),
  ];
  const showings = [{ id: "x" }, { id: 7 }, { id: `${id}0` }, {}].map((each) =>
    JSON.stringify({ type: "showing", ...each }),
  );
  for (const data of [...wrong, ...showings, new ArrayBuffer(8)]) far.other.onmessage({ data });
  assert.deepEqual([...mara.open.keys()], [MARA.participant]);
  // Naming the id of another's screen makes it one's own screen, not theirs.
  far.send(JSON.stringify({ type: "showing", id, asks: false }));
  assert.notEqual(mara.open.get(ERIKA.participant).key, key);
  far.send(JSON.stringify({ type: "showing", id: null, asks: false }));
  assert.deepEqual([...mara.open.keys()], [MARA.participant]);
});
