// Access units in Annex B: NAL units, each after a start code.

/**
 * Where the first NAL unit of a kind begins, else undefined.
 * @param {Uint8Array} unit
 * @param {(header: number) => boolean} isIt Takes the first byte of a NAL unit.
 */
export function findUnit(unit, isIt) {
  for (let at = 0; at + 4 < unit.length; at++) {
    const isStart = unit[at] === 0 && unit[at + 1] === 0 && unit[at + 2] === 1;
    if (isStart && isIt(/** @type {number} */ (unit[at + 3]))) return at + 3;
  }
  return undefined;
}
