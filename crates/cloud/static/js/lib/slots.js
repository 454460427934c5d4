// Which camera sits in which slot of a call. A camera that stays on the screen keeps its slot, so
// that its picture does not start again.

/**
 * @param {ReadonlyMap<number, string>} before Camera by slot.
 * @param {string[]} wanted Cameras to be shown, at most `nSlots`.
 * @param {number} nSlots
 * @returns {Map<number, string>} Camera by slot.
 */
export function assignSlots(before, wanted, nSlots) {
  /** @type {Map<number, string>} */
  const after = new Map();
  const missing = new Set(wanted.slice(0, nSlots));
  for (const [slot, camera] of before) {
    if (missing.delete(camera)) after.set(slot, camera);
  }
  // A slot that never carried another camera shows the new one soonest.
  const free = [...Array(nSlots).keys()].filter((slot) => !after.has(slot));
  free.sort((a, b) => Number(before.has(a)) - Number(before.has(b)) || a - b);
  for (const camera of missing) after.set(/** @type {number} */ (free.shift()), camera);
  return after;
}
