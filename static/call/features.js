/** Brings to a running call what its first picture does not need; the larger scripts come after that. */

import { localMedia } from "./media.js";
import { remember } from "./memory.js";
import { mark } from "./people/mark.js";
import { Roster } from "./people/roster.js";
import { markSpeakers } from "./people/speaking.js";
import { Photos } from "./photo/photos.js";
import { Presence } from "./presence/presence.js";
import { Quality } from "./quality/quality.js";
import { Security } from "./security/security.js";
import { listen, tell } from "./tell.js";
import { part, words } from "./words.js";

/** @typedef {import("./mesh.js").Mesh} Mesh */
/** @typedef {{stop: () => void}} View */
/** @typedef {{mesh: Mesh, me: string, role: string, signalling: import("../wire.js").Signalling}} Entered */

/** @param {import("./call.js").Call} call @param {import("./room.js").Room} room */
export function equip(call, room) {
  listen(call, "entered", (/** @type {Entered} */ { mesh, me, role, signalling }) => {
    // A call that is handed over changes the role for all that know it.
    const own = { participant: me, name: room.root.dataset.me ?? "", role };
    const roster = new Roster(mesh, own, call, signalling);
    const security = new Security(mesh, call.id, own);
    const photos = new Photos(mesh);
    const presence = new Presence(mesh);
    const quality = new Quality(mesh);
    /** @type {Promise<View>[]} */
    let views = [];
    const bring = () => {
      if (views.length) return;
      views = [
        import("./security/view.js").then((the) => new the.SecurityView(room, security)),
        import("./photo/view.js").then((the) => new the.PhotoView(room, photos)),
        import("./presence/view.js").then((the) => new the.PresenceView(room, presence)),
        import("./quality/view.js").then((the) => new the.QualityView(room, quality)),
        import("./board/open.js").then((the) => the.open(room, call, mesh, me)),
        import("./marks/open.js").then((the) => the.open(room, call, mesh, me)),
        import("./people/view.js").then((the) => new the.PeopleView(room, roster, mesh, call)),
      ];
      Promise.all(views).catch(() => room.call === call && offerReload(room.root));
    };
    const off = [
      mark(room.root, mesh, roster),
      markSpeakers(room.stage, mesh),
      () => roster.stop(),
      ...crowded(room, quality),
      listen(call, "frame", bring),
      listen(photos, "agreed", () => tell(call, "used", "screenshot")),
      listen(security, "alarm", () => {
        hush(room.root);
        // Who sends no picture is not to keep the words of the alarm away.
        bring();
      }),
    ];
    listen(call, "ended", () => {
      for (const stop of off) stop();
      remember(call.id, { way: quality.way, checked: security.isChecked });
      security.stop();
      quality.stop();
      for (const view of views)
        view.then(
          (each) => each.stop(),
          () => {},
        );
      part(room.root, "[data-call=partial]").hidden = true;
    });
  });
}

/** A script did not arrive, and browsers do not ask for it twice. A page loaded anew comes back to the call. @param {HTMLElement} root */
function offerReload(root) {
  part(root, "[data-call=reload]").onclick = () => location.reload();
  part(root, "[data-call=partial]").hidden = false;
}

/** Say what so many people mean for the pictures; whoever wants turns the own camera on again. @param {import("./room.js").Room} room @param {Quality} quality */
function crowded({ root, status }, quality) {
  const say = (/** @type {string} */ key) => status.news(words(part(root, "#call-people"), key));
  return [
    listen(quality, "small", () => say("small")),
    listen(quality, "sound-first", () => {
      localMedia().muteVideo(true);
      say("sound-first");
    }),
  ];
}

/** Nothing more is to be heard or seen by who may stand in between, whatever else is still to load. @param {HTMLElement} root */
function hush(root) {
  const media = localMedia();
  media.muteAudio(true);
  media.muteVideo(true);
  media.share(null);
  root.classList.add("is-alarmed");
}
