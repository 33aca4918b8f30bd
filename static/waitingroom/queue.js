/**
 * The live queue. The server says which visit changed; the row, or the whole queue, is fetched and
 * put in its place, numbers and empty state included.
 */

import { announce } from "../notices.js";
import { signalling } from "../signalling.js";
import { fragment } from "../trusted.js";
import { get } from "./answers.js";
import { listen } from "./listen.js";
import { News } from "./news.js";
import { find, outdate, place, remove, rows } from "./rows.js";
import { count } from "./waits.js";

const TICK_MS = 5000;

/** @param {HTMLElement} part */
export function wake(part) {
  const list = part.querySelector("#queue");
  if (!(list instanceof HTMLElement)) throw new TypeError("The desk has no queue.");
  const socket = signalling();
  const news = new News({
    one: async (visit) => {
      const answer = await get(`/desk/visits/${visit}`).catch(() => null);
      return () => answer && part.isConnected && put(part, list, visit, answer);
    },
    all: async () => {
      const answer = await get("/desk/queue").catch(() => null);
      const usable = answer && !answer.error;
      return () => usable && part.isConnected && reconcile(part, list, answer.html);
    },
  });
  const all = () => news.refresh();
  const translated = () => {
    outdate(list);
    all();
  };
  const tick = setInterval(() => count(part, part.dataset.textNow ?? ""), TICK_MS);
  const sleeps = [
    socket.on("visit.changed", ({ visit }) => news.heard(visit, beyond(part) > 0)),
    listen(socket, "open", all),
    listen(document, "queue:stale", all),
    listen(document, "language:changed", translated),
  ];
  count(part, part.dataset.textNow ?? "");
  tell(part, list, []);
  return () => {
    for (const sleep of sleeps) sleep();
    news.stop();
    clearInterval(tick);
  };
}

/** @param {HTMLElement} part @param {HTMLElement} list @param {string} visit @param {import("./answers.js").Answer} answer */
function put(part, list, visit, answer) {
  const fresh = fragment(answer.html).querySelector("[data-visit]");
  const arrivals = [];
  if (fresh instanceof HTMLElement) {
    if (place(list, fresh)) arrivals.push(fresh);
  } else if (answer.status === 204 || answer.status === 404) {
    const words = farewell(part, list, visit);
    if (remove(list, visit, words) && !calling()) announce(words);
  }
  tell(part, list, arrivals);
}

/** @param {HTMLElement} part @param {HTMLElement} list @param {string} visit */
function farewell(part, list, visit) {
  const name = find(list, visit)?.dataset.name ?? "";
  return (part.dataset.textLeft ?? "").replace("{name}", () => name);
}

/** @param {HTMLElement} part @param {HTMLElement} list @param {string} html */
function reconcile(part, list, html) {
  const page = fragment(html);
  const fresh = /** @type {HTMLElement[]} */ ([...page.querySelectorAll("[data-visit]")]);
  const here = new Set(fresh.map((row) => row.dataset.visit));
  for (const row of rows(list)) {
    const { visit = "" } = row.dataset;
    if (!here.has(visit)) remove(list, visit, farewell(part, list, visit));
  }
  const arrivals = fresh.filter((row) => place(list, row));
  const [old, now] = [part, page].map((each) => each.querySelector("[data-beyond]"));
  if (old && now) old.replaceWith(now);
  tell(part, list, arrivals);
}

/** How many wait besides those who are shown. @param {HTMLElement} part */
function beyond(part) {
  return Number(part.querySelector("[data-beyond]")?.getAttribute("data-beyond") ?? 0);
}

const calling = () => document.getElementById("desk")?.dataset.calling === "true";

/** Write the numbers, and tell the desk what has come. @param {HTMLElement} part @param {HTMLElement} list @param {HTMLElement[]} fresh */
function tell(part, list, fresh) {
  const waiting = rows(list).filter((row) => row.dataset.state === "waiting");
  const total = waiting.length + beyond(part);
  for (const place of part.querySelectorAll("[data-count]")) place.textContent = String(total);
  const empty = part.querySelector("#queue-empty");
  if (empty instanceof HTMLElement) empty.hidden = list.childElementCount > 0;
  count(part, part.dataset.textNow ?? "");
  const arrivals = fresh.filter((row) => row.dataset.state === "waiting");
  const name = arrivals[0]?.dataset.name ?? "";
  if (arrivals.length && !calling()) {
    announce((part.dataset.textArrived ?? "").replace("{name}", () => name));
  }
  document.dispatchEvent(
    new CustomEvent("queue:changed", { detail: { total, arrived: arrivals.length } }),
  );
}
