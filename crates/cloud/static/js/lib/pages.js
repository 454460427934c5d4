// Which tiles are on the screen: pages of 1 or 4, or one enlarged. Only numbers, no elements.

/**
 * @typedef {object} View
 * @property {number} perPage 1 or 4.
 * @property {number} page From 0.
 * @property {number | undefined} enlarged Index of the tile that fills the screen.
 */

/** Indexes of the tiles shown. @param {View} view @param {number} nTiles */
export function shownTiles({ perPage, page, enlarged }, nTiles) {
  if (enlarged !== undefined) return enlarged < nTiles ? [enlarged] : [];
  const first = page * perPage;
  return Array.from({ length: Math.max(0, Math.min(perPage, nTiles - first)) }, (_, i) => first + i);
}

/** How many steps forward and back there are, and where the view is. @param {View} view @param {number} nTiles */
export function position({ perPage, page, enlarged }, nTiles) {
  if (enlarged !== undefined) return { at: enlarged, of: nTiles };
  return { at: page, of: Math.max(1, Math.ceil(nTiles / perPage)) };
}

/** The view one step on (`by` 1) or back (−1); the same where there is none. @param {View} view @param {number} nTiles @param {number} by @returns {View} */
export function step(view, nTiles, by) {
  const { at, of } = position(view, nTiles);
  const next = Math.min(of - 1, Math.max(0, at + by));
  return view.enlarged === undefined ? { ...view, page: next } : { ...view, enlarged: next };
}

/** The view with another number of tiles per page that still shows tile `index`. @param {number} perPage @param {number} index @returns {View} */
export function pageOf(perPage, index) {
  return { perPage, page: Math.floor(index / perPage), enlarged: undefined };
}
