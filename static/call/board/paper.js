/** The sheet as people see it: what stands there, what is being drawn, and where somebody points. */

import { drawn, element, fitted } from "./ink.js";
import { HEIGHT, WIDTH } from "./shapes.js";

/** @typedef {import("./shapes.js").Item} Item @typedef {[number, number]} Place */

const NAME_SIZE = 260;

export class Paper {
  /** @type {Map<string, Element>} */
  #drawn = new Map();
  /** @type {Map<string, Element>} */
  #drafts = new Map();
  /** @type {Map<string, Element>} */
  #pointers = new Map();
  #things = element("g");
  #above = element("g");
  #cross = element("path", { class: "board-cross" });
  /** How large a sheet without a picture is. @type {Place} */
  blank = [WIDTH, HEIGHT];
  #size = this.blank;
  #hang;

  /** @param {SVGSVGElement} sheet @param {(item: Item, place: Element) => void} hang brings a picture to its place */
  constructor(sheet, hang) {
    this.sheet = sheet;
    this.#hang = hang;
    sheet.replaceChildren(this.#things, this.#above);
  }

  /** @param {Item[]} items all that stand on this sheet, the lowest first */
  draw(items) {
    const before = this.#drawn;
    this.#drawn = new Map(
      items.map((item) => [item.id, before.get(item.id) ?? this.#drawing(item)]),
    );
    const picture = items.find(({ kind }) => kind === "picture");
    // A sheet with a picture has its shape, so that a page fills it.
    this.#size = picture ? [WIDTH, fitted(picture.points)[1]] : this.blank;
    this.sheet.setAttribute("viewBox", `0 0 ${this.#size.join(" ")}`);
    this.#things.replaceChildren(...this.#drawn.values());
  }

  /** @param {Item} item */
  #drawing(item) {
    const made = drawn(item);
    if (item.kind === "picture") this.#hang(item, made);
    return made;
  }

  /** What somebody is drawing just now. @param {string} who @param {Item | null} item */
  draft(who, item) {
    this.#replace(this.#drafts, who, item && drawn(item));
  }

  /** Where somebody points. @param {string} who @param {{name: string, colour?: number}} as @param {Place | null} at */
  point(who, as, at) {
    this.#replace(this.#pointers, who, at && pointer(as, at, this.#size[0]));
  }

  /** Where the keyboard stands. @param {Place | null} at */
  cross(at) {
    this.#cross.remove();
    if (!at) return;
    const [x, y] = at;
    this.#cross.setAttribute("d", `M${x - 200} ${y}H${x + 200}M${x} ${y - 200}V${y + 200}`);
    this.#above.append(this.#cross);
  }

  /** What is passing, as opposed to what stands there. */
  wipe() {
    for (const passing of [this.#drafts, this.#pointers]) {
      for (const who of [...passing.keys()]) this.#replace(passing, who, null);
    }
    this.cross(null);
  }

  /** @returns {Place} */
  get middle() {
    return [Math.round(this.#size[0] / 2), Math.round(this.#size[1] / 2)];
  }

  /** The place on the sheet under the pointer. @param {{clientX: number, clientY: number}} event @returns {Place} */
  place({ clientX, clientY }) {
    const matrix = this.sheet.getScreenCTM();
    if (!matrix) return [0, 0];
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
    return this.within([x, y]);
  }

  /** @param {Place} place @returns {Place} the nearest one that is on the sheet, in whole numbers */
  within([x, y]) {
    const between = (/** @type {number} */ value, /** @type {number} */ most) =>
      Math.round(Math.min(most, Math.max(0, value)));
    return [between(x, this.#size[0]), between(y, this.#size[1])];
  }

  /** @param {Map<string, Element>} among @param {string} who @param {Element | null} fresh */
  #replace(among, who, fresh) {
    among.get(who)?.remove();
    among.delete(who);
    if (!fresh) return;
    among.set(who, fresh);
    this.#above.append(fresh);
  }
}

/** @param {{name: string, colour?: number}} as red, unless somebody has a colour @param {Place} at @param {number} width of the sheet */
function pointer({ name, colour = 1 }, [x, y], width) {
  const made = element("g", { class: `board-pointer board-c${colour}` });
  const isLeft = x > width * 0.7;
  const words = element("text", {
    x: x + (isLeft ? -200 : 200),
    y: y + NAME_SIZE / 3,
    "font-size": NAME_SIZE,
    "text-anchor": isLeft ? "end" : "start",
  });
  words.textContent = name;
  made.append(element("circle", { cx: x, cy: y, r: 110 }), words);
  return made;
}
