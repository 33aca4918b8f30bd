/** Events whose detail is what matters, said and heard in one line. */

/** @param {EventTarget} from @param {string} type @param {unknown} [detail] */
export function tell(from, type, detail) {
  from.dispatchEvent(new CustomEvent(type, { detail }));
}

/**
 * @param {EventTarget} to @param {string} type @param {(detail: any) => void} hear
 * @returns {() => void} stops listening
 */
export function listen(to, type, hear) {
  const listener = (/** @type {Event} */ event) => hear(/** @type {CustomEvent} */ (event).detail);
  to.addEventListener(type, listener);
  return () => to.removeEventListener(type, listener);
}
