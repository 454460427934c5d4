// G.711 (ITU-T G.711): the samples of 8 bits in which sound comes over a call, 8,000 a second.

export const RATE = 8_000;

/** @typedef {"ulaw" | "alaw"} Law */

/** @type {Record<Law, Float32Array>} */
const TABLES = { ulaw: table(ofUlaw), alaw: table(ofAlaw) };
/** Types of RTP's static list (RFC 3551 §6). @type {Map<unknown, Law>} */
const LAWS = new Map(/** @type {[unknown, Law][]} */ ([[0, "ulaw"], [8, "alaw"]]));

/** The law of a packet; undefined for sound of another kind. @param {{payloadType?: number}} metadata */
export function lawOf({ payloadType }) {
  return LAWS.get(payloadType);
}

/** @param {Uint8Array} bytes @param {Law} law From -1 to 1. */
export function samplesOf(bytes, law) {
  const values = TABLES[law];
  return Float32Array.from(bytes, (byte) => /** @type {number} */ (values[byte]));
}

/** @param {(byte: number) => number} of */
function table(of) {
  return Float32Array.from({ length: 256 }, (_, byte) => of(byte) / 32_768);
}

/** @param {number} turned */
function ofUlaw(turned) {
  const byte = ~turned & 255;
  const magnitude = ((((byte & 15) << 3) + 0x84) << ((byte >> 4) & 7)) - 0x84;
  return byte & 128 ? -magnitude : magnitude;
}

/** The middle of the step. @param {number} turned */
function ofAlaw(turned) {
  const byte = turned ^ 0x55;
  const segment = (byte >> 4) & 7;
  const step = (byte & 15) << 4;
  const magnitude = segment === 0 ? step + 8 : (step + 0x108) << (segment - 1);
  return byte & 128 ? magnitude : -magnitude;
}
