/** Reads from two looks at a connection's statistics what came back from the echo peer. */

import { sample } from "../quality/measure.js";

/** @typedef {{width: number, height: number, frames: number, packets: number, sample: import("../quality/measure.js").Sample}} Look */

/** @param {Iterable<any>} report as `getStats` gives it @returns {Look} */
export function look(report) {
  const entries = [...report];
  const inbound = entries.filter(({ type }) => type === "inbound-rtp");
  const picture = inbound.find(({ kind }) => kind === "video") ?? {};
  const sound = inbound.find(({ kind }) => kind === "audio") ?? {};
  return {
    width: picture.frameWidth ?? 0,
    height: picture.frameHeight ?? 0,
    frames: picture.framesDecoded ?? 0,
    packets: sound.packetsReceived ?? 0,
    sample: sample(entries),
  };
}

/**
 * What happened between two looks.
 * @param {Look} before @param {Look} now @param {boolean} heard whether the sound was more than silence
 * @returns {Pick<import("./verdict.js").Measured, "width" | "height" | "sound" | "loss" | "delay" | "relayed">}
 */
export function between(before, now, heard) {
  const moves = now.frames > before.frames;
  const lost = Math.max(0, now.sample.counts.lost - before.sample.counts.lost);
  const received = Math.max(0, now.sample.counts.received - before.sample.counts.received);
  return {
    width: moves ? now.width : 0,
    height: moves ? now.height : 0,
    sound: now.packets === before.packets ? "none" : heard ? "heard" : "silent",
    // The worse of both directions: the peer reports what it missed of ours.
    loss: Math.max(now.sample.away, lost ? lost / (lost + received) : 0),
    delay: now.sample.rtt,
    relayed: now.sample.way?.relayed ?? false,
  };
}
