/** Mouse, pen and finger on the sheet. */

/** @typedef {[number, number]} Place */

/**
 * @param {import("./paper.js").Paper} paper @param {import("./pen.js").Pen} pen
 * @param {(at: Place) => void} write a text is to begin here
 * @returns {() => void} lets go
 */
export function hand(paper, pen, write) {
  const { sheet } = paper;
  /** @type {number | null} */
  let held = null;
  const force = (/** @type {PointerEvent} */ { pointerType, pressure }) =>
    pointerType === "pen" && pressure ? pressure : undefined;
  /** @type {Record<string, (event: PointerEvent) => void>} */
  const hears = {
    pointerdown(event) {
      if (event.button || held !== null) return;
      event.preventDefault();
      sheet.focus({ preventScroll: true });
      if (pen.tool === "text") return write(paper.place(event));
      held = event.pointerId;
      sheet.setPointerCapture(held);
      pen.down(paper.place(event), force(event));
    },
    pointermove(event) {
      if (event.pointerId !== held && pen.tool !== "pointer") return;
      // The screen is drawn more seldom than the hand moves.
      const all = event.getCoalescedEvents?.() ?? [];
      const passed = pen.tool === "ink" && all.length ? all : [event];
      for (const each of passed) pen.move(paper.place(each), force(each));
    },
    pointerup(event) {
      if (event.pointerId !== held) return;
      held = null;
      pen.up();
    },
    pointercancel(event) {
      if (event.pointerId !== held) return;
      held = null;
      pen.cancel();
    },
    pointerleave: () => pen.tool === "pointer" && pen.away(),
  };
  for (const [type, hear] of Object.entries(hears)) {
    sheet.addEventListener(type, /** @type {EventListener} */ (hear));
  }
  return () => {
    for (const [type, hear] of Object.entries(hears)) {
      sheet.removeEventListener(type, /** @type {EventListener} */ (hear));
    }
  };
}
