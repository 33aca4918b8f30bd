/** Chat over the data channels: each message is confirmed by who got it, and gone with the call. */

import { tell } from "./tell.js";

export const LONGEST = 2000;
const KEPT = 500;
// Controls, and the marks that make a text run backwards; line breaks stay.
const HIDDEN =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** @typedef {{id: string, text: string, at: Date, waiting: Set<string>}} Said */
/** @typedef {{send: (data: string) => void, readyState: string, onmessage: ((event: {data: any}) => void) | null}} Channel */

/** @param {string} text @returns {string} what of it may be shown, at most as long as allowed */
export function cleaned(text) {
  return text.replace(/\r\n?/g, "\n").replace(HIDDEN, "").trim().slice(0, LONGEST);
}

/**
 * Events: `heard` ({from, text, at}), `delivered` (the id of one of ours), and `earlier`: something
 * was written before this page came, and is nowhere to be had.
 */
export class Chat extends EventTarget {
  /** @type {Map<string, Channel>} */
  #channels = new Map();
  /** @type {Said[]} */
  #said = [];
  /** @type {Set<string>} */
  #heard = new Set();
  #hasHeard = false;
  #count = 0;
  #session;

  /** @param {string} session makes the ids of our messages our own */
  constructor(session) {
    super();
    this.#session = session;
  }

  /** A way to somebody opened, perhaps again: what they have not confirmed goes once more. @param {string} participant @param {Channel} channel */
  attach(participant, channel) {
    this.#channels.set(participant, channel);
    channel.onmessage = ({ data }) => this.#receive(participant, channel, data);
    const isOver = this.#said.some(({ waiting }) => !waiting.has(participant));
    if (isOver || this.#hasHeard) channel.send(JSON.stringify({ type: "earlier", id: "" }));
    for (const { id, text, waiting } of this.#said) {
      if (waiting.has(participant)) channel.send(JSON.stringify({ type: "text", id, text }));
    }
  }

  /** @param {string} participant who left for good and confirms nothing any more */
  detach(participant) {
    this.#channels.delete(participant);
    for (const said of this.#said) this.#confirmed(participant, said);
  }

  /**
   * Say something to all.
   * @param {string} words @param {string[]} participants who is in the call
   * @returns {Said | null} null when nothing is left to say
   */
  say(words, participants) {
    const text = cleaned(words);
    if (!text) return null;
    const id = `${this.#session}-${++this.#count}`;
    const said = { id, text, at: new Date(), waiting: new Set(participants) };
    this.#said.push(said);
    for (const participant of participants) {
      const channel = this.#channels.get(participant);
      if (channel?.readyState === "open") channel.send(JSON.stringify({ type: "text", id, text }));
    }
    return said;
  }

  /** @param {string} participant @param {Channel} channel @param {unknown} data */
  #receive(participant, channel, data) {
    const message = parsed(data);
    if (!message) return;
    if (message.type === "got") {
      const said = this.#said.find(({ id }) => id === message.id);
      if (said) this.#confirmed(participant, said);
      return;
    }
    if (message.type === "earlier") {
      if (!this.#said.length && !this.#hasHeard) tell(this, "earlier");
      return;
    }
    channel.send(JSON.stringify({ type: "got", id: message.id }));
    const text = cleaned(message.text);
    const key = `${participant} ${message.id}`;
    if (!text || this.#heard.has(key)) return;
    // Only repetitions of late are to be recognised, so that old ids may go.
    if (this.#heard.size >= KEPT) this.#heard.clear();
    this.#heard.add(key);
    this.#hasHeard = true;
    tell(this, "heard", { from: participant, text, at: new Date() });
  }

  /** @param {string} participant @param {Said} said */
  #confirmed(participant, said) {
    if (said.waiting.delete(participant) && !said.waiting.size) tell(this, "delivered", said.id);
  }
}

const KNOWN = ["text", "got", "earlier"];

/** @param {unknown} data @returns {{type: "text" | "got" | "earlier", id: string, text: string} | null} */
function parsed(data) {
  if (typeof data !== "string" || data.length > 8 * LONGEST) return null;
  try {
    const { type, id, text = "" } = JSON.parse(data);
    const right = KNOWN.includes(type) && typeof text === "string";
    return right && typeof id === "string" && id.length <= 64 ? { type, id, text } : null;
  } catch {
    return null;
  }
}
