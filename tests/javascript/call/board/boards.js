/** Boards of several pages, joined by channels that pass messages on at once. */

import { Board } from "../../../../static/call/board/board.js";

export const MARA = { participant: "d".repeat(32), name: "Dr. Mara Probe", role: "host" };
export const ERIKA = { participant: "e".repeat(32), name: "Erika Muster", role: "guest" };
export const JAN = { participant: "a".repeat(32), name: "Jan Beispiel", role: "guest" };

/** One end of a channel; what is sent before somebody listens at the other is lost, as in a browser. */
export class End {
  readyState = "open";
  onmessage = null;
  other = null;
  sent = [];

  send(data) {
    this.sent.push(JSON.parse(data));
    this.other?.onmessage?.({ data });
  }
}

export function channel() {
  const [one, two] = [new End(), new End()];
  one.other = two;
  two.other = one;
  return [one, two];
}

export class FakeMesh extends EventTarget {
  entries = new Map();

  /** @param {any} person @param {End} board */
  add(person, board) {
    this.entries.set(person.participant, { person, peer: { link: { channels: { board } } } });
  }

  /** Another connection to somebody has opened. */
  opens(person, board) {
    const peer = { link: { channels: { board } } };
    this.tells("control", { entry: { person, peer } });
  }

  tells(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** The board of one page alone, and the end that another page holds. */
export function alone(me = MARA, other = ERIKA) {
  const mesh = new FakeMesh();
  const [near, far] = channel();
  mesh.add(other, near);
  const board = new Board(mesh, me.participant);
  return { board, mesh, near, far };
}

/** Two pages whose boards are there. */
export function two() {
  const [near, far] = channel();
  const [here, there] = [new FakeMesh(), new FakeMesh()];
  here.add(ERIKA, near);
  there.add(MARA, far);
  return {
    mara: new Board(here, MARA.participant),
    erika: new Board(there, ERIKA.participant),
    here,
    there,
  };
}

let count = 0;

/** Something that may stand on a board. */
export function thing(values = {}) {
  count += 1;
  return {
    id: count.toString(16).padStart(16, "0"),
    kind: "line",
    sheet: 0,
    by: MARA.participant,
    colour: 0,
    width: 1,
    points: [0, 0, 1000, 1000],
    text: "",
    ...values,
  };
}

/** What a board shows, as something that can be compared. */
export const shown = ({ sheets }) => [
  sheets.current,
  sheets
    .all()
    .map(({ id }) => id)
    .sort(),
];
