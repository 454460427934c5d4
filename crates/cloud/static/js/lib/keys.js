// Keyboard navigation in the grid. Only numbers, no elements.

import { step } from "./pages.js";

/** @import {View} from "./pages.js" */

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
