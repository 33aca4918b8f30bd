/**
 * Lets the engine get ready while somebody waits, so that letting in costs one round trip. Nothing
 * is sent by this. The camera is asked for by itself only where the browser has allowed it before;
 * else the question comes when the doctor reaches for the button.
 */

let ready = false;

/** @param {HTMLElement} desk */
export async function readiness(desk) {
  const waiting = desk.querySelector("[data-admit]") !== null;
  if (!waiting || desk.dataset.calling === "true") {
    if (ready && !waiting) tell("call:unprepare");
    ready = false;
    return;
  }
  if (!ready && (await mayAskNow())) prepareFor(desk);
}

/** Somebody reaches for the button. @param {HTMLElement} desk */
export function prepareFor(desk) {
  if (ready || desk.dataset.calling === "true") return;
  ready = true;
  tell("call:prepare");
}

/** @param {"call:prepare" | "call:unprepare"} what */
function tell(what) {
  document.dispatchEvent(new CustomEvent(what));
}

async function mayAskNow() {
  try {
    const names = ["camera", "microphone"];
    const asked = names.map((name) =>
      navigator.permissions.query({ name: /** @type {PermissionName} */ (name) }),
    );
    return (await Promise.all(asked)).every(({ state }) => state === "granted");
  } catch {
    return false;
  }
}
