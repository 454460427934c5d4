// The cameras that a page lists, as one list in the order of the page.

/** @typedef {{serial: string, camera: string, name: string, recorder: string, own: string}} ListedCamera `own`: its name without the recorder's. */

/**
 * @param {string} [json] `[[serial, name of the recorder or "", [[id, name], …]], …]`, as the server writes it.
 * @returns {ListedCamera[]}
 */
export function listedCameras(json = "[]") {
  /** @type {[string, string, [string, string][]][]} */
  const recorders = JSON.parse(json);
  return recorders.flatMap(([serial, recorder, cameras]) =>
    cameras.map(([camera, own]) => ({ serial, camera, recorder, own, name: recorder ? `${recorder} · ${own}` : own })),
  );
}

/** How many cameras of each recorder can be on the screen at once. @param {ListedCamera[]} cameras @param {number} most */
export function slotsBySerial(cameras, most) {
  /** @type {Map<string, number>} */
  const slots = new Map();
  for (const { serial } of cameras) slots.set(serial, Math.min(most, (slots.get(serial) ?? 0) + 1));
  return slots;
}

/** @param {{serial: string, camera: string}} camera */
export function keyOf({ serial, camera }) {
  return `${serial}/${camera}`;
}
