/** Begins the board of a call, once its first picture is there. */

import { listen, tell } from "../tell.js";
import { Board } from "./board.js";
import { Pictures } from "./pictures.js";
import { BoardView } from "./view.js";

/**
 * @param {import("../room.js").Room} room @param {import("../call.js").Call} call
 * @param {import("../mesh.js").Mesh} mesh @param {string} me
 */
export function open(room, call, mesh, me) {
  const board = new Board(mesh, me);
  listen(board, "used", () => tell(call, "used", "whiteboard"));
  return new BoardView(room, board, new Pictures(call.id));
}
