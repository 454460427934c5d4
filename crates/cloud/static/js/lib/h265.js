// What the name of a codec needs to know about an H.265 stream: profile, tier and level of its SPS.

import { findUnit } from "./annex_b.js";

const SPS = 33;

/**
 * The codec string of an access unit in Annex B that has an SPS (ISO/IEC 14496-15 annex E.3), else undefined.
 * @param {Uint8Array} unit
 */
export function h265Codec(unit) {
  const at = findUnit(unit, (header) => ((header >> 1) & 63) === SPS);
  if (at === undefined) return undefined;
  // The NAL unit's header, then 8 bits of ids, then profile_tier_level (H.265 §7.3.1.2, §7.3.2.2, §7.3.3).
  const levels = withoutEscapes(unit.subarray(at + 2, at + 24)).subarray(1, 13);
  if (levels.length < 12) return undefined;
  const view = new DataView(levels.buffer, levels.byteOffset, levels.length);
  const first = view.getUint8(0);
  const space = ["", "A", "B", "C"][first >> 6];
  const tier = (first >> 5) & 1 ? "H" : "L";
  const constraints = [...levels.subarray(5, 11)];
  while (constraints.at(-1) === 0) constraints.pop();
  const parts = [`${space}${first & 31}`, hex(reversed(view.getUint32(1))), `${tier}${view.getUint8(11)}`];
  return ["hev1", ...parts, ...constraints.map(hex)].join(".");
}

/** Without emulation prevention: the 3 in 0 0 3 (H.265 §7.3.1.1). @param {Uint8Array} bytes */
function withoutEscapes(bytes) {
  return bytes.filter((byte, i) => !(i > 1 && byte === 3 && bytes[i - 1] === 0 && bytes[i - 2] === 0));
}

/** @param {number} bits */
function reversed(bits) {
  let result = 0;
  for (let i = 0; i < 32; i++) result = result * 2 + ((bits >>> i) & 1);
  return result;
}

/** @param {number} value */
function hex(value) {
  return value.toString(16).toUpperCase();
}
