/** Asks for a picture, answers such a question, and shows what was taken until it is saved or thrown away. */

import { localMedia } from "../media.js";
import { listen } from "../tell.js";
import { part, words } from "../words.js";

/** @typedef {"idle" | "waiting" | "asked" | "taken"} Step */

const SAVING_MS = 1000;

export class PhotoView {
  /** @type {Step} */
  #step = "idle";
  #said = "photo-idle";
  #values = { name: "" };
  #what = "picture";
  #address = "";
  #isSaved = false;
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
      listen(photos, "withdrawn", () => this.#settle("photo-idle")),
      listen(photos, "agreed", ({ person }) => this.#take(person)),
      listen(photos, "declined", ({ name }) => this.#become("idle", "photo-declined", name)),
      listen(document, "language:changed", () => this.#draw()),
    ];
    this.#settle("photo-idle");
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
      const isOut = this.#photos.answer(act === "yes");
      const said = act === "yes" ? "photo-given" : "photo-refused";
      this.#become("idle", isOut ? said : "photo-away");
    } else if (act === "save") {
      this.#isSaved = true;
      // The browser reads the address of the picture only after this press.
      if (this.#photos.asked) setTimeout(() => this.#settle("photo-idle"), SAVING_MS);
    } else if (act === "discard") {
      this.#isSaved = true;
      this.#settle("photo-discarded");
    }
  }

  /** Nothing is open here any more, unless the other side asks or a picture is still to be saved. @param {string} said */
  #settle(said) {
    if (this.#step === "taken" && !this.#isSaved) return;
    const { asked } = this.#photos;
    if (asked) this.#asked(asked.person.name, asked.what);
    else this.#become("idle", said);
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
    this.#room.panels.open("photo");
    if (this.#step === "taken" && !this.#isSaved) {
      this.#said = "photo-asked-behind";
      this.#values = { name };
      return this.#draw();
    }
    this.#what = what;
    this.#become("asked", `photo-asked-${what}`, name);
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
      this.#isSaved = false;
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
    part(root, "[data-photo=ask]").hidden = !["idle", "waiting"].includes(this.#step);
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
