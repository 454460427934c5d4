// How a person arranged their cameras: order, favourites, and views with a name.

import { keyOf } from "./cameras.js";

/** @import {ListedCamera} from "./cameras.js" */
/** @typedef {{name: string, layout: number, cameras: string[]}} SavedView */
/** @typedef {{order: string[], favourites: string[], views: SavedView[]}} Arrangement */

export const MOST_VIEWS = 30;
const [MOST_CAMERAS, MOST_LETTERS] = [4_000, 40];
export const FAVOURITES = "favourites";
export const VIEW = "view:";

/** @param {string | null} stored @returns {Arrangement} */
export function readArrangement(stored) {
  const told = parsed(stored);
  const views = Array.isArray(told.views) ? told.views : [];
  return {
    order: keys(told.order),
    favourites: keys(told.favourites),
    views: views
      .filter((view) => typeof view?.name === "string" && view.name !== "")
      .slice(0, MOST_VIEWS)
      .map(({ name, layout, cameras }) => ({ name: cut(name), layout: Math.trunc(Number(layout)) || 0, cameras: keys(cameras) })),
  };
}

/** @param {Arrangement} arrangement @param {string} set */
export function savedView({ views }, set) {
  return views.find(({ name }) => VIEW + name === set);
}

/**
 * The cameras of a choice in their order: all, the favourites or those of a view.
 * @param {ListedCamera[]} all @param {Arrangement} arrangement @param {string} set
 */
export function chosen(all, arrangement, set) {
  const view = savedView(arrangement, set);
  if (view) return sorted(all, view.cameras).filter((camera) => view.cameras.includes(keyOf(camera)));
  const cameras = sorted(all, arrangement.order);
  return set === FAVOURITES ? cameras.filter((camera) => arrangement.favourites.includes(keyOf(camera))) : cameras;
}

/** @param {ListedCamera[]} cameras @param {string[]} order What it does not name comes last. */
export function sorted(cameras, order) {
  const places = new Map(order.map((key, place) => [key, place]));
  const placeOf = (/** @type {ListedCamera} */ camera) => places.get(keyOf(camera)) ?? order.length;
  return [...cameras].sort((a, b) => placeOf(a) - placeOf(b));
}

/** @param {string | null} stored @returns {{[name: string]: any}} */
function parsed(stored) {
  try {
    return JSON.parse(stored ?? "{}") ?? {};
  } catch {
    return {};
  }
}

/** @param {unknown} told */
function keys(told) {
  const list = Array.isArray(told) ? told : [];
  return [...new Set(list.filter((key) => typeof key === "string"))].slice(0, MOST_CAMERAS);
}

/** @param {string} name */
export function cut(name) {
  return [...name].slice(0, MOST_LETTERS).join("");
}
