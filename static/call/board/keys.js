/** The board by keyboard: a cross walks over the sheet, and Enter does what pressing the pen does. */

/** @typedef {[number, number]} Place */

const STEP = 200;
const SMALL = 25;
const WAYS = /** @type {Record<string, Place>} */ ({
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
});

/**
 * @param {import("./paper.js").Paper} paper @param {import("./pen.js").Pen} pen
 * @param {(at: Place) => void} write a text is to begin here
 * @returns {() => void} lets go
 */
export function keys(paper, pen, write) {
  const { sheet } = paper;
  /** @type {Place | null} */
  let at = null;
  // The sheet may have got another shape since.
  const here = () => paper.within(at ?? paper.middle);
  const walk = (/** @type {Place} */ [x, y], /** @type {boolean} */ isSmall) => {
    const step = isSmall ? SMALL : STEP;
    const [left, top] = here();
    at = paper.within([left + x * step, top + y * step]);
    paper.cross(at);
    if (pen.isDown || pen.tool === "pointer") pen.move(at);
  };
  const press = () => {
    const place = here();
    paper.cross(place);
    if (pen.tool === "text") write(place);
    else if (pen.isDown) pen.up();
    else pen.down(place);
    // The eraser takes what is under it at once; a line has to be ended by a second press.
    if (pen.tool === "eraser") pen.up();
  };
  const typed = (/** @type {KeyboardEvent} */ event) => {
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey) return;
    const way = WAYS[key];
    if (way) walk(way, shiftKey);
    else if (key === "Enter" || key === " ") press();
    else if (key === "Escape" && pen.isDown) pen.cancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const left = () => {
    paper.cross(null);
    if (pen.isDown) pen.up();
    if (pen.tool === "pointer") pen.away();
  };
  sheet.addEventListener("keydown", typed);
  sheet.addEventListener("blur", left);
  return () => {
    sheet.removeEventListener("keydown", typed);
    sheet.removeEventListener("blur", left);
  };
}

/**
 * Take back and do again, as everywhere else.
 * @param {HTMLElement} root @param {import("./history.js").History} history @returns {() => void} lets go
 */
export function shortcuts(root, history) {
  const typed = (/** @type {KeyboardEvent} */ event) => {
    const { key, shiftKey, ctrlKey, metaKey, target } = event;
    if (!(ctrlKey || metaKey) || target instanceof HTMLInputElement) return;
    const letter = key.toLowerCase();
    if (letter === "z" && !shiftKey) history.undo();
    else if (letter === "y" || letter === "z") history.redo();
    else return;
    event.preventDefault();
  };
  root.addEventListener("keydown", typed);
  return () => root.removeEventListener("keydown", typed);
}
