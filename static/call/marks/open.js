/** Begins pointing and drawing on shared screens, once the first picture of a call is there. */

import { localMedia } from "../media.js";
import { Showings } from "./showings.js";
import { MarksView } from "./view.js";

/** @param {import("../room.js").Room} room @param {import("../call.js").Call} call @param {import("../mesh.js").Mesh} mesh @param {string} me */
export function open(room, call, mesh, me) {
  return new MarksView(room, call, {
    showings: new Showings(mesh, me),
    media: localMedia(),
    me,
  });
}
