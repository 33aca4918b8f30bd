/** Asks for a picture, answers such a question, and shows what was taken until it is saved or thrown away. */

import { localMedia } from "../media.js";
import { listen } from "../tell.js";
import { part, words } from "../words.js";

/** @typedef {"idle" | "waiting" | "asked" | "taken"} Step */

export class PhotoView {
  /** @type {Step} */
  #step = "idle";
  #said = "photo-idle";
  #values = { name: "" };
  #what = "picture";
  #address = "";
  #room;
  #root;
  #photos;
  /** @type {(() => void)[]} */
  #off;

  /** @param {import("../room.js").Room} room @param {import("./photos.js").Photos} photos */
  constructor(room, photos) {
    this.#room = room;
    this.#root = part(room.root, "#call-photo");
    this.#photos = photos;
    const clicked = (/** @type {Event} */ event) => this.#clicked(event);
    this.#root.addEventListener("click", clicked);
    this.#off = [
      () => this.#root.removeEventListener("click", clicked),
      listen(photos, "asked", ({ person, what }) => this.#asked(person.name, what)),
      listen(photos, "withdrawn", () => this.#become("idle", "photo-idle")),
      listen(photos, "agreed", ({ person }) => this.#take(person)),
      listen(photos, "declined", ({ name }) => this.#become("idle", "photo-declined", name)),
      listen(document, "language:changed", () => this.#draw()),
    ];
    if (photos.asked) this.#asked(photos.asked.person.name, photos.asked.what);
    this.#draw();
  }

  stop() {
    for (const off of this.#off) off();
    this.#become("idle", "photo-idle");
  }

  /** @param {Event} event */
  #clicked({ target }) {
    const button = target instanceof Element ? target.closest("[data-photo]") : null;
    const act = button instanceof HTMLElement ? button.dataset.photo : "";
    if (act === "picture" || act === "card") this.#ask(act);
    else if (act === "yes" || act === "no") {
      this.#photos.answer(act === "yes");
      this.#become("idle", act === "yes" ? "photo-given" : "photo-refused");
    } else if (act === "discard") this.#become("idle", "photo-discarded");
  }

  /** @param {"picture" | "card"} what */
  #ask(what) {
    const [person] = this.#room.people.values();
    if (!person) return;
    if (person.camera === false) return this.#become("idle", "photo-dark", person.name);
    const isAsked = this.#photos.ask(person.participant, what);
    this.#become(
      isAsked ? "waiting" : "idle",
      isAsked ? "photo-waiting" : "photo-away",
      person.name,
    );
  }

  /** @param {string} name @param {string} what */
  #asked(name, what) {
    this.#what = what;
    this.#become("asked", `photo-asked-${what}`, name);
    this.#room.panels.open("photo");
    part(this.#root, "[data-photo=no]").focus();
  }

  /** The other side agreed: its picture as it is in this moment. @param {import("../mesh.js").Person} person */
  #take({ participant, name }) {
    const video = this.#room.stage.picture(participant);
    if (!video?.videoWidth) return this.#become("idle", "photo-dark", name);
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    canvas.toBlob((picture) => {
      if (!picture) return;
      this.#become("taken", "photo-taken", name);
      this.#address = URL.createObjectURL(picture);
      this.#draw();
      this.#room.panels.open("photo");
    }, "image/png");
  }

  /** @param {Step} step @param {string} said @param {string} [name] */
  #become(step, said, name = this.#values.name) {
    this.#step = step;
    this.#said = said;
    this.#values = { name };
    // What was not saved is gone with the next step, and with the call.
    if (this.#address) URL.revokeObjectURL(this.#address);
    this.#address = "";
    this.#draw();
  }

  #draw() {
    const root = this.#root;
    part(root, "[data-photo=say]").textContent = words(this.#room.root, this.#said, this.#values);
    part(root, "[data-photo=ask]").hidden = this.#step !== "idle";
    part(root, "[data-photo=answer]").hidden = this.#step !== "asked";
    part(root, "[data-photo=kept]").hidden = this.#step !== "taken";
    const guide = part(root, "[data-photo=guide]");
    guide.hidden = this.#step !== "asked" || this.#what !== "card";
    const mirror = /** @type {HTMLVideoElement} */ (part(guide, "video"));
    mirror.srcObject = guide.hidden ? null : localMedia().stream;
    const picture = /** @type {HTMLImageElement} */ (part(root, "img"));
    const save = /** @type {HTMLAnchorElement} */ (part(root, "a[download]"));
    for (const each of [picture, save]) each.hidden = !this.#address;
    if (this.#address) {
      picture.src = this.#address;
      save.href = this.#address;
    } else picture.removeAttribute("src");
  }
}
