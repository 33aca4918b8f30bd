/** Gives the page its one socket to the server, signed in with the page's token. */

import { probe, redial } from "./pulse.js";
import { ended, token } from "./session.js";
import { io } from "./vendor/socket.io.esm.min.js";
import { Signalling, SignallingError, sessionId } from "./wire.js";

export { Signalling, SignallingError, sessionId };

const AFTER_REFUSAL_MS = 3000;

/** @type {Signalling | undefined} */
let only;

/** @returns {Signalling} the page's single instance, which dials when `connect()` is first called */
export function signalling() {
  only ??= made();
  return only;
}

function made() {
  const socket = io(location.origin, {
    path: "/socket.io",
    transports: ["websocket"],
    autoConnect: false,
    reconnectionDelay: 300,
    reconnectionDelayMax: 3000,
    // An attempt that began without a network asks again more and more rarely, so that it is cut short.
    timeout: 8000,
    randomizationFactor: 0.3,
    auth: (/** @type {(auth: {token: string | null}) => void} */ answer) =>
      answer({ token: token() }),
  });
  const signalling = new Signalling(socket);
  let over = false;
  signalling.on("session.ended", () => {
    over = true;
    // Leads to the way in, unless the page has words of its own for it.
    ended();
  });
  // Socket.IO comes back by itself after a loss, but not after the server said no or good-bye;
  // a server that restarts may say either.
  const again = (/** @type {unknown} */ reason) => {
    if (socket.active || over || reason === "io client disconnect" || !token()) return;
    setTimeout(() => socket.connect(), AFTER_REFUSAL_MS);
  };
  addEventListener("online", () => {
    if (signalling.state === "open") probe(signalling);
    else if (socket.active) redial(signalling);
  });
  socket.on("connect_error", again);
  socket.on("disconnect", again);
  return signalling;
}
