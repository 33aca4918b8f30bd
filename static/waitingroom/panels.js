/** What opens and closes on the desk: the queue beside a call, and the line for a new code. */

/** Open or close what stands behind "...". @param {Element} button @param {boolean} [open] */
export function more(button, open = button.getAttribute("aria-expanded") !== "true") {
  const panel = document.getElementById(button.getAttribute("aria-controls") ?? "");
  if (!panel) return;
  panel.hidden = !open;
  button.setAttribute("aria-expanded", String(open));
}

/** In a call the queue is folded to a number; this opens it beside the call. @param {HTMLElement} desk @param {boolean} open */
export function fold(desk, open) {
  desk.classList.toggle("is-unfolded", open);
  desk.querySelector("[data-fold]")?.setAttribute("aria-expanded", String(open));
}

/** Lead to the line for a new code; in a call it is folded away, and comes back below the picture. */
export function newCode() {
  const desk = document.getElementById("desk");
  desk?.classList.toggle("is-inviting", desk.dataset.calling === "true");
  const field = document.getElementById("guest_name");
  field?.scrollIntoView({ block: "center" });
  field?.focus({ preventScroll: true });
}
