/** Wakes the call on the page and listens for what the desk or the guest's page wants of it. */

import { sessionId, signalling } from "../signalling.js";
import { certificate } from "./certificate.js";
import { localMedia } from "./media.js";
import { rehearsals } from "./rehearsal.js";
import { Room } from "./room.js";
import { isAsked } from "./spare.js";
import { listen } from "./tell.js";
import { understudies } from "./understudy.js";

/** @param {HTMLElement} root */
export function wake(root) {
  const room = new Room(root);
  const socket = signalling();
  const with_ = { signalling: socket, media: localMedia(), session: sessionId };
  const { activeCall } = root.dataset;
  certificate();
  const off = [
    listen(document, "call:prepare", () => room.prepare(true)),
    listen(document, "call:unprepare", () => room.prepare(false)),
    listen(document, "call:begin", (admitted) => room.start((call) => call.begin(admitted))),
    listen(document, "call:accept", (admitted) => room.start((call) => call.accept(admitted))),
    listen(document, "call:rejoin", (running) => room.start((call) => call.rejoin(running))),
    listen(document, "language:changed", () => room.translate()),
    listen(socket, "open", () => room.server(true)),
    listen(socket, "closed", () => room.server(false)),
    listen(window, "online", () => room.status.draw()),
    listen(window, "offline", () => room.status.draw()),
    root.dataset.role === "host"
      ? rehearsals(with_, () => room.isReady)
      : understudies(with_, () => !room.call),
  ];
  const stay = (/** @type {Event} */ event) => {
    if (!room.call) return;
    event.preventDefault();
    room.status.say("stay");
  };
  document.addEventListener("page:leave", stay);
  if (activeCall) room.start((call) => call.rejoin({ call: activeCall }));
  else if (isAsked()) room.prepare(true);
  return () => {
    for (const stop of off) stop();
    document.removeEventListener("page:leave", stay);
    room.sleep();
  };
}
