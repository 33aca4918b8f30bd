/** Hears of something until it is let go. */

/** @param {EventTarget} target @param {string} name @param {(event: any) => void} act */
export function listen(target, name, act) {
  target.addEventListener(name, act);
  return () => target.removeEventListener(name, act);
}
