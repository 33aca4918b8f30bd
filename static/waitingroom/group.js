/** The line of a group: says how many would come in together, and lets them in with one press. */

import { part, words } from "../call/words.js";
import { begin, wordsOf } from "./admit.js";
import { bringIn } from "./bring.js";
import { letIn } from "./desk.js";
import { complain } from "./held.js";
import { listen } from "./listen.js";
import { fold } from "./panels.js";
import { bringAll, GUESTS, open } from "./together.js";

/** @typedef {{ chosen: HTMLElement[], isSome: boolean, running: number, may: boolean }} Group */

/** @param {HTMLFormElement} form */
export function wake(form) {
  const desk = /** @type {HTMLElement} */ (form.closest("#desk"));
  const redraw = () => draw(desk, form);
  const sleeps = [
    ...["queue:changed", "call:leads", "call:started"].map((name) =>
      listen(document, name, redraw),
    ),
    listen(document, "call:ended", () => {
      // What was said is of that call.
      part(form, "[data-part=told]").textContent = "";
      redraw();
    }),
    listen(desk, "change", redraw),
    listen(form, "submit", (event) => {
      event.preventDefault();
      press(desk, form);
    }),
  ];
  redraw();
  return () => {
    for (const sleep of sleeps) sleep();
  };
}

/** Who of the group waits and is chosen, or all when nobody is. @param {HTMLElement} desk @param {HTMLFormElement} form @returns {Group} */
function look(desk, form) {
  const own = `[data-visit][data-room="${form.dataset.room}"]`;
  const found = (/** @type {string} */ more) =>
    /** @type {HTMLElement[]} */ ([...desk.querySelectorAll(own + more)]);
  const waiting = found("[data-state=waiting]:has([data-pick])");
  const picked = found("[data-state=waiting]:has([data-pick]:checked)");
  const talking = found(":is([data-state=admitted], [data-state=in_call])");
  const running = talking.length;
  // Whoever speaks with somebody else, or with who agreed to no group, brings none into that.
  const isGroup = talking.some(({ dataset }) => "joins" in dataset);
  const leads = document.getElementById("call")?.dataset.leads === "true" && isGroup;
  const may = desk.dataset.calling !== "true" || leads;
  return { chosen: picked.length ? picked : waiting, isSome: picked.length > 0, running, may };
}

/** @param {HTMLElement} desk @param {HTMLFormElement} form */
function draw(desk, form) {
  const { chosen, isSome, running, may } = look(desk, form);
  const isBusy = form.getAttribute("aria-busy") === "true";
  const waits = isBusy || (chosen.length > 0 && may);
  const isFull = running >= GUESTS;
  const offers = waits && (isBusy || !isFull);
  const told = part(form, "[data-part=told]").textContent;
  form.hidden = !waits && !told;
  part(form, "button").hidden = !offers;
  const key = (isSome ? "some" : "all") + (running ? "-in" : "");
  const number = String(chosen.length);
  part(form, "[data-label]").textContent = words(form, isBusy ? "busy" : key, { number });
  const isMany = waits && !isBusy && !told && chosen.length > GUESTS - running;
  part(form, "[data-part=most]").textContent = isMany ? words(form, isFull ? "full" : "most") : "";
}

/** @param {HTMLElement} desk @param {HTMLFormElement} form */
async function press(desk, form) {
  const { chosen, running, may } = look(desk, form);
  if (!may || !chosen.length || form.getAttribute("aria-busy") === "true") return;
  const told = part(form, "[data-part=told]");
  const acts = actsOf(desk, told);
  form.setAttribute("aria-busy", "true");
  told.textContent = "";
  draw(desk, form);
  let call = running ? (document.getElementById("call")?.dataset.call ?? "") : "";
  if (!call) {
    await letIn(desk, async () => {
      call = await open(chosen, acts);
      return call !== "";
    });
  }
  const full = call ? await bringAll(chosen, call, acts) : [];
  const names = full.map(({ dataset }) => dataset.name ?? "").join(", ");
  if (names) told.textContent = words(form, "left", { names });
  form.removeAttribute("aria-busy");
  for (const pick of desk.querySelectorAll(`[data-room="${form.dataset.room}"] [data-pick]`)) {
    /** @type {HTMLInputElement} */ (pick).checked = false;
  }
  document.dispatchEvent(new CustomEvent("queue:stale"));
  draw(desk, form);
  if (told.textContent) fold(desk, true);
}

/** @param {HTMLElement} desk @param {HTMLElement} told @returns {import("./together.js").Acts} */
function actsOf(desk, told) {
  return {
    begin: ({ dataset }) => begin(dataset.visit ?? ""),
    bring: bringIn,
    complain: (row, error) => complain(row, wordsOf(desk, error)),
    say: (error) => {
      told.textContent = wordsOf(desk, error);
    },
  };
}
