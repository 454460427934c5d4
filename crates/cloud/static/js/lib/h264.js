// What the name of a codec needs to know about an H.264 stream: profile and level of its SPS.

import { findUnit } from "./annex_b.js";

const SPS = 7;

/**
 * The codec string of an access unit in Annex B that has an SPS (RFC 6381 §3.3), else undefined.
 * @param {Uint8Array} unit
 */
export function h264Codec(unit) {
  const at = findUnit(unit, (header) => (header & 31) === SPS);
  const levels = at === undefined ? [] : [...unit.subarray(at + 1, at + 4)];
  if (levels.length < 3) return undefined;
  return `avc1.${levels.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
