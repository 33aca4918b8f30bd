/** Tells what happens among the participants of a call: who is there, what they show, what they write. */

import { probe } from "../pulse.js";
import { noteUse, reportConnection } from "./report.js";
import { listen, tell } from "./tell.js";

/** @typedef {import("./mesh.js").Entry} Entry */
/** @typedef {import("./mesh.js").Mesh} Mesh */
/** @typedef {{participant: string, name: string, role: string, stream: MediaStream | null, screen: MediaStream | null, audio?: boolean, camera?: boolean}} Participant */

const TROUBLE = new Set(["interrupted", "failed"]);

/**
 * Turn what the connections say into the events of the call.
 * @param {Mesh} mesh @param {import("./chat.js").Chat} chat
 * @param {{media: import("./media.js").LocalMedia, signalling: import("../wire.js").Signalling}} with_
 * @param {import("./call.js").Call} call @param {(reason: string) => void} end
 */
export function follow(mesh, chat, { media, signalling }, call, end) {
  noteUse(call, chat, media, signalling);
  listen(call, "ended", ({ reason }) => {
    if (reason !== "abandoned") reportConnection(mesh.entries.values(), signalling, call.id);
  });
  listen(mesh, "met", ({ entry }) => show(call, entry));
  listen(mesh, "media", ({ entry }) => show(call, entry));
  listen(mesh, "roles", () => {
    for (const entry of mesh.entries.values()) show(call, entry);
  });
  listen(mesh, "control", ({ entry }) => entry.peer.say(ownState(media)));
  listen(mesh, "chat", ({ entry, detail }) => chat.attach(entry.person.participant, detail));
  listen(mesh, "alarm", ({ entry }) => tell(call, "alarm", entry.person));
  listen(mesh, "left", ({ entry }) => {
    chat.detach(entry.person.participant);
    tell(call, "left", entry.person);
  });
  listen(mesh, "state", ({ entry, detail }) => {
    // What has cut the way to them may have cut the way to the server.
    if (TROUBLE.has(detail)) probe(signalling);
    tell(call, "state", { participant: entry.person.participant, state: detail });
  });
  listen(mesh, "word", ({ entry, detail }) => {
    if (detail.type === "bye") return depart(mesh, entry.person, end);
    if (detail.type !== "state") return;
    const { audio, camera, screen } = detail;
    entry.shows = { audio: Boolean(audio), camera: Boolean(camera), screen: Boolean(screen) };
    show(call, entry);
    // Without a picture there is no first frame to wait for.
    if (!camera) call.saw();
  });
}

/** Somebody hung up; a side that is alone then need not wait for the server to say so. @param {Mesh} mesh @param {import("./mesh.js").Person} person @param {(reason: string) => void} end */
function depart(mesh, { participant, role }, end) {
  // The end reports how the connection was, so that it comes before the connection goes.
  const isLast = mesh.entries.size === 1 && mesh.entries.has(participant);
  if (isLast) end(role === "host" ? "host_left" : "alone");
  // Whether they led the call until now, only the server knows: they may have handed it over.
  else if (role !== "host") mesh.drop(participant);
}

/** What this page lets the others see and hear. @param {import("./media.js").LocalMedia} media @returns {import("./control.js").Word} */
export function ownState(media) {
  const on = (/** @type {import("./link.js").Line} */ line) => Boolean(media.track(line)?.enabled);
  return { type: "state", audio: on("audio"), camera: on("camera"), screen: on("screen") };
}

/** @param {EventTarget} call @param {Entry} entry */
function show(call, { person, peer, shows }) {
  const screen = shows?.screen ? peer.link.remoteScreen : null;
  tell(call, "participant", { ...person, ...shows, stream: peer.link.remote ?? null, screen });
}
