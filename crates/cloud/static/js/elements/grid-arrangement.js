// Changes to the order and choice of cameras on the grid: selecting a set, going to a camera, swapping, favourites.

import { keepArrangement } from "../arrangement_sync.js";
import { readArrangement, savedView } from "../lib/arrangement.js";
import { keyOf } from "../lib/cameras.js";
import { KEPT } from "../lib/kept_arrangement.js";
import { moved } from "../lib/keys.js";
import { pageOf } from "../lib/pages.js";
import { read } from "../person.js";

/** @import {Arrangement} from "../lib/arrangement.js" */
/** @import {LiveGrid} from "./live-grid.js" */

/** Shows all cameras, the favourites or a saved view. @param {LiveGrid} grid @param {string} set */
export function choose(grid, set) {
  const { arranging, view } = grid;
  arranging.choose(set);
  const layout = savedView(arranging.arrangement, arranging.set)?.layout ?? 0;
  grid.show(pageOf(grid.layouts.includes(layout) ? layout : view.perPage, 0), 0);
}

/** Shows a camera where it is. @param {LiveGrid} grid @param {string} key */
export function goTo(grid, key) {
  const { arranging, view } = grid;
  const index = Math.max(0, arranging.cameras.findIndex((camera) => keyOf(camera) === key));
  grid.show(view.enlarged === undefined ? pageOf(view.perPage, index) : { ...view, enlarged: index }, index);
}

/** Changes the arrangement; the selected camera stays on the screen. @param {LiveGrid} grid @param {(before: Arrangement) => Arrangement} how */
export function rearrange(grid, how) {
  const { arranging, selected } = grid;
  // Another tab may have changed it meanwhile.
  arranging.arrangement = how(readArrangement(read(KEPT)));
  keepArrangement(JSON.stringify(arranging.arrangement));
  arranging.choose(arranging.set);
  if (selected) goTo(grid, keyOf(selected));
}

/** Place of the selected camera among those that the grid goes through. @param {LiveGrid} grid */
export function placeOf({ arranging, selected }) {
  return arranging.cameras.findIndex((camera) => selected && keyOf(camera) === keyOf(selected));
}

/** Columns of tiles as they are shown. @param {LiveGrid} grid */
export function nColumns(grid) {
  const box = /** @type {Element} */ (grid.querySelector(".grid"));
  return getComputedStyle(box).gridTemplateColumns.split(" ").length;
}

/** The tile that a key leads to on this page. @param {LiveGrid} grid @param {string} key */
export function tileBeside(grid, key) {
  const { arranging, view } = grid;
  const to = moved(view, placeOf(grid), arranging.cameras.length, nColumns(grid), key);
  const camera = to && to.view.page === view.page ? arranging.cameras[to.selected] : undefined;
  return camera && grid.tile(camera.serial, camera.camera);
}
