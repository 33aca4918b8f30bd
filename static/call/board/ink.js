/** Draws one thing of the board as SVG; only numbers and text go in, so that nothing in it can do anything. */

import { getStroke } from "../../vendor/perfect-freehand.js";
import { LETTER, wrapped } from "./hits.js";
import { SIZES, TALLEST, WIDTH } from "./shapes.js";

/** @typedef {import("./shapes.js").Item} Item */

const SVG = "http://www.w3.org/2000/svg";
// What a mouse says of pressure; there the speed of the hand stands in for it.
const NO_PRESSURE = 50;

/** @param {string} name @param {Record<string, string | number>} [attributes] */
export function element(name, attributes = {}) {
  const made = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** @param {Item} item */
export function drawn(item) {
  const made = DRAWN[item.kind](item);
  made.setAttribute("class", `board-c${item.colour}${item.kind === "text" ? " board-text" : ""}`);
  return made;
}

/** @param {Item} item */
function ink({ points, width }) {
  const path = [];
  for (let place = 0; place < points.length; place += 3) {
    path.push([points[place], points[place + 1], points[place + 2] / 100]);
  }
  const simulatePressure = path.every(([, , pressure]) => pressure === NO_PRESSURE / 100);
  const size = SIZES.ink[width] * 1.6;
  const edge = getStroke(path, { size, thinning: 0.5, streamline: 0.4, simulatePressure });
  const corners = edge.map(([x, y]) => `${Math.round(x)} ${Math.round(y)}`);
  return element("path", { d: `M${corners.join("L")}Z`, fill: "currentColor" });
}

/** @param {Item} item */
const stroke = ({ width }) => ({
  fill: "none",
  stroke: "currentColor",
  "stroke-width": SIZES.ink[width],
  "stroke-linecap": "round",
  "stroke-linejoin": "round",
});

/** @param {Item} item */
function line(item) {
  const [x1, y1, x2, y2] = item.points;
  return element("path", { d: `M${x1} ${y1}L${x2} ${y2}`, ...stroke(item) });
}

/** @param {Item} item */
function arrow(item) {
  const [x1, y1, x2, y2] = item.points;
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const head = 200 + 2 * SIZES.ink[item.width];
  const [left, right] = [angle + 2.6, angle - 2.6].map((each) => {
    return `${Math.round(x2 + Math.cos(each) * head)} ${Math.round(y2 + Math.sin(each) * head)}`;
  });
  return element("path", {
    d: `M${x1} ${y1}L${x2} ${y2}M${left}L${x2} ${y2}L${right}`,
    ...stroke(item),
  });
}

/** @param {Item} item */
function box(item) {
  const [x1, y1, x2, y2] = item.points;
  return element("path", { d: `M${x1} ${y1}H${x2}V${y2}H${x1}Z`, ...stroke(item) });
}

/** @param {Item} item */
function oval(item) {
  const [x1, y1, x2, y2] = item.points;
  return element("ellipse", {
    cx: (x1 + x2) / 2,
    cy: (y1 + y2) / 2,
    rx: Math.abs(x2 - x1) / 2,
    ry: Math.abs(y2 - y1) / 2,
    ...stroke(item),
  });
}

/** @param {Item} item */
function text(item) {
  const [x, y] = item.points;
  const size = SIZES.text[item.width];
  const made = element("text", { "font-size": size, fill: "currentColor" });
  wrapped(item).forEach((words, place) => {
    const row = element("tspan", { x, y: y + size + place * size * LETTER.height });
    row.textContent = words;
    made.append(row);
  });
  return made;
}

/** Until the picture itself is there, its place. @param {Item} item */
function picture({ points }) {
  const [width, height] = fitted(points);
  const made = element("g");
  const x = Math.round((WIDTH - width) / 2);
  made.append(element("rect", { x, y: 0, width, height, class: "board-place" }));
  return made;
}

/** How large a picture lies on the sheet: as wide as that, unless it is very tall. @param {number[]} sides */
export function fitted([width, height]) {
  const scale = Math.min(WIDTH / width, TALLEST / height);
  return [Math.round(width * scale), Math.round(height * scale)];
}

const DRAWN = { ink, line, arrow, box, oval, text, picture };
