/** Brings what happens in a call to the parts of the page that show it. */

import { equip } from "./features.js";
import { listen, tell } from "./tell.js";

/** @param {import("./call.js").Call} call @param {import("./room.js").Room} room @param {(ended: any) => void} over */
export function showEvents(call, room, over) {
  const { stage, status, chat, panels, people } = room;
  equip(call, room);
  // The connection goes first, and the page draws when that is under way.
  listen(call, "participant", (person) => queueMicrotask(() => shows(person)));
  const shows = (/** @type {import("./company.js").Participant} */ person) => {
    if (room.call !== call) return;
    const before = people.get(person.participant);
    people.set(person.participant, person);
    stage.show(person);
    status.knows(person.participant, person.name);
    if (person.screen && !before?.screen) status.say("shows", { name: person.name });
  };
  listen(call, "left", (person) => {
    people.delete(person.participant);
    stage.remove(person.participant);
    status.forget(person.participant);
    status.say("left", person);
  });
  listen(call, "state", ({ participant, state }) => status.follow(participant, state));
  listen(call, "alarm", ({ name }) => status.alarm(name));
  listen(call, "frame", () => tell(document, "call:frame", { call: call.id }));
  listen(call, "delivered", (id) => chat.delivered(id));
  listen(call, "earlier", () => chat.earlier(true));
  listen(call, "heard", (heard) => {
    const name = people.get(heard.from)?.name ?? "";
    chat.heard(name, heard);
    if (panels.isOpen("chat")) return;
    panels.open("chat");
    status.say("chat-new", { name, text: heard.text });
  });
  listen(call, "ended", over);
}

/**
 * Bring what happens to the page's own devices to the same parts.
 * @param {import("./media.js").LocalMedia} media @param {import("./room.js").Room} room
 * @returns {(() => void)[]} each lets go of something
 */
export function showMedia(media, room) {
  const { stage, status } = room;
  return [
    listen(media, "change", () => stage.speak(media.speaker.id)),
    listen(media.blur, "hidden", () => status.say("blur-hidden")),
    listen(media, "ended", ({ kind, label }) => {
      status.say(`${kind}-${label ? "lost" : "gone"}`, { label });
    }),
    listen(media, "track", ({ line, track }) => {
      if (line === "screen" && room.call) status.say(track ? "sharing-on" : "sharing-off");
    }),
  ];
}
