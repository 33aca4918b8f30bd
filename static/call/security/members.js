/** Shows who of a group has found the words to be the same; of the others, nobody knows yet. */

import { part, words } from "../words.js";

/** @typedef {import("./security.js").Security} Security */

/** @param {import("../room.js").Room} room @param {Security} security @param {boolean} isGroup */
export function showMembers({ root, stage }, security, isGroup) {
  const { me, people, isChecked, agreed } = security;
  for (const { participant } of people) {
    stage.vouch(participant, isChecked && agreed.has(participant));
  }
  const list = part(part(root, "#call-security"), "[data-security=members]");
  list.hidden = !isGroup;
  const own = { ...me, name: words(root, "own") };
  const rows = [own, ...people].map(({ participant, name }) => {
    const isSure = participant === me.participant ? isChecked : agreed.has(participant);
    const row = document.createElement("li");
    row.textContent = words(root, isSure ? "security-sure" : "security-unsure", { name });
    row.classList.toggle("is-sure", isSure);
    return row;
  });
  list.replaceChildren(...(isGroup ? rows : []));
}

/** How many have found the words to be the same, with this side. @param {Security} security */
export function countSure({ people, isChecked, agreed }) {
  return people.filter(({ participant }) => agreed.has(participant)).length + Number(isChecked);
}
