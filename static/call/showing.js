/** Brings what happens in a call to the parts of the page that show it. */

import { listen, tell } from "./tell.js";

/** @param {import("./call.js").Call} call @param {import("./room.js").Room} room @param {(ended: any) => void} over */
export function showEvents(call, room, over) {
  const { stage, status, chat, panels, people } = room;
  listen(call, "participant", (person) => {
    const before = people.get(person.participant);
    people.set(person.participant, person);
    stage.show(person);
    status.knows(person.participant, person.name);
    if (person.screen && !before?.screen) status.say("shows", person);
  });
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
  listen(call, "heard", (heard) => {
    const name = people.get(heard.from)?.name ?? "";
    chat.heard(name, heard);
    if (panels.isOpen("chat")) return;
    panels.open("chat");
    status.say("chat-new", { name, text: heard.text });
  });
  listen(call, "ended", over);
}
