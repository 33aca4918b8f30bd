/** A button that opens the technical check above the page; closing the dialog ends the check. */

import { fill } from "../../waitingroom/fill.js";
import { listen } from "../../waitingroom/listen.js";
import { part } from "../words.js";

// The call goes first: it needs the camera, the line and the eyes.
const CALLS = ["call:accept", "call:started"];

/** @param {HTMLElement} button */
export function wake(button) {
  const dialog = document.getElementById(button.dataset.dialog ?? "");
  if (!(dialog instanceof HTMLDialogElement)) throw new TypeError("The check has no dialog.");
  const place = part(dialog, "[data-check-place]");
  const failed = part(dialog, "[data-check-failed]");
  const show = async () => {
    failed.hidden = true;
    const there = await fill(place);
    if (!dialog.open) place.replaceChildren();
    else if (there) part(place, "h2").focus();
    else failed.hidden = false;
  };
  const sleeps = [
    listen(button, "click", () => {
      dialog.showModal();
      show();
    }),
    // What leaves the page stops by itself.
    listen(dialog, "close", () => place.replaceChildren()),
    listen(dialog, "click", ({ target }) => {
      if (target instanceof Element && target.closest("[data-check-close]")) dialog.close();
    }),
    listen(document, "language:changed", () => dialog.open && show()),
    ...CALLS.map((name) => listen(document, name, () => dialog.close())),
  ];
  return () => {
    for (const sleep of sleeps) sleep();
    place.replaceChildren();
  };
}
