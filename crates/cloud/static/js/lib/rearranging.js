// Changes of an arrangement: what a person swaps, stars, and saves as a view.

import { MOST_VIEWS, VIEW, cut, savedView, sorted } from "./arrangement.js";
import { keyOf } from "./cameras.js";

/** @import {Arrangement, SavedView} from "./arrangement.js" */
/** @import {ListedCamera} from "./cameras.js" */

/** Names a saved view among what can be chosen. @param {string} name */
export function setOfView(name) {
  return VIEW + name;
}

/** With two cameras of a choice in each other's place. @param {ListedCamera[]} all @param {Arrangement} arrangement @param {string} set @param {string} one @param {string} other @returns {Arrangement} */
export function swapped(all, arrangement, set, one, other) {
  const view = savedView(arrangement, set);
  const order = view ? view.cameras : sorted(all, arrangement.order).map(keyOf);
  const after = order.map((key) => (key === one ? other : key === other ? one : key));
  if (!view) return { ...arrangement, order: after };
  return { ...arrangement, views: arrangement.views.map((it) => (it === view ? { ...it, cameras: after } : it)) };
}

/** @param {Arrangement} arrangement @param {string} key @returns {Arrangement} */
export function starred(arrangement, key) {
  const others = arrangement.favourites.filter((it) => it !== key);
  const isOne = others.length < arrangement.favourites.length;
  return { ...arrangement, favourites: isOne ? others : [...others, key] };
}

/** With this view, instead of one of the same name. @param {Arrangement} arrangement @param {SavedView} view @returns {Arrangement} */
export function withView(arrangement, view) {
  const named = { ...view, name: cut(view.name.trim()) };
  const others = arrangement.views.filter(({ name }) => name !== named.name);
  return named.name === "" ? arrangement : { ...arrangement, views: [...others, named].slice(-MOST_VIEWS) };
}

/** @param {Arrangement} arrangement @param {string} name @returns {Arrangement} */
export function withoutView(arrangement, name) {
  return { ...arrangement, views: arrangement.views.filter((view) => view.name !== name) };
}
