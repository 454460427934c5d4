// Whether the decoder of H.265 in WebAssembly (lib/software_h265.js) runs in this browser, and what it takes.

/** Of the largest picture that it takes, as in tools/libde265/decoder.cc. */
export const MAX_PIXELS = 1280 * 768;
/** A module with i8x16.splat and i8x16.popcnt: where it is valid, fixed-width SIMD is there. */
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];

/** Whether this browser can run the decoder; it is loaded only when a camera needs it. */
export function canDecodeInSoftware() {
  const hasBoth = typeof Worker === "function" && typeof WebAssembly === "object";
  return hasBoth && WebAssembly.validate(new Uint8Array(SIMD));
}
