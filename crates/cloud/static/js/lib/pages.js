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

/**
 * Where a key leads: within the page by arrows, to the pages beside it by arrows at its ends or by Page Up and Page Down.
 * @param {View} view @param {number} selected @param {number} nTiles @param {number} columns @param {string} key
 * @returns {{view: View, selected: number} | undefined} Nothing, if it leads nowhere.
 */
export function moved(view, selected, nTiles, columns, key) {
  const side = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0;
  const page = { PageUp: -1, PageDown: 1 }[key] ?? 0;
  if (view.enlarged !== undefined) {
    const next = step(view, nTiles, side || page);
    return next.enlarged === view.enlarged ? undefined : { view: next, selected: next.enlarged ?? selected };
  }
  const { perPage } = view;
  const first = view.page * perPage;
  const last = Math.min(first + perPage, nTiles) - 1;
  const row = { ArrowUp: -columns, ArrowDown: columns }[key] ?? 0;
  const beside = Math.min(Math.max(selected + page * perPage, 0), nTiles - 1);
  const to = page ? beside : ({ Home: first, End: last }[key] ?? selected + side + row);
  // Up and down stay on the page: below it is nothing to be seen.
  if (to === selected || to < 0 || to >= nTiles || (row && (to < first || to > last))) return undefined;
  return { view: { ...view, page: Math.floor(to / perPage) }, selected: to };
}
