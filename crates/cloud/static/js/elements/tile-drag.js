// Swaps two tiles of the grid: by dragging one onto another, after a long press with a finger, or with Shift and an
// arrow. Loaded once pictures are there.

import { keyOf } from "../lib/cameras.js";
import { swapped } from "../lib/rearranging.js";
import { rearrange, tileBeside } from "./grid-arrangement.js";
import { LiveTile } from "./live-tile.js";

/** @import {LiveGrid} from "./live-grid.js" */

const [LONG_PRESS_MS, SLOP_PX] = [450, 8];

/** @param {LiveGrid} grid */
export function letTilesBeSwapped(grid) {
  const box = /** @type {HTMLElement} */ (grid.querySelector(".grid"));
  /** @type {{tile: LiveTile, x: number, y: number, timer: unknown, isDragged: boolean} | undefined} */
  let held;
  /** @type {LiveTile | undefined} */
  let below;

  const isOne = () => grid.dataset.layout === "1";
  const release = () => {
    if (!held) return;
    clearTimeout(/** @type {number} */ (held.timer));
    held.tile.style.translate = "";
    held.tile.removeAttribute("data-drag");
    below?.removeAttribute("data-drop");
    held = below = undefined;
  };
  const lift = () => {
    if (!held) return;
    held.isDragged = true;
    held.tile.setAttribute("data-drag", "");
  };

  box.addEventListener("pointerdown", ({ isPrimary, button, pointerType, target, clientX: x, clientY: y }) => {
    const tile = tileOf(target);
    const isOther = target instanceof Element && target.closest("button:not(.tile__open)");
    if (!isPrimary || button !== 0 || !tile || isOther || isOne()) return;
    const timer = pointerType === "mouse" ? undefined : setTimeout(lift, LONG_PRESS_MS);
    held = { tile, x, y, timer, isDragged: false };
  });
  addEventListener("pointermove", ({ pointerType, clientX, clientY }) => {
    if (!held) return;
    const [dx, dy] = [clientX - held.x, clientY - held.y];
    if (!held.isDragged && Math.hypot(dx, dy) < SLOP_PX) return;
    // A finger that moves at once swipes or scrolls.
    if (!held.isDragged && pointerType !== "mouse") return release();
    if (!held.isDragged) lift();
    held.tile.style.translate = `${dx}px ${dy}px`;
    below?.removeAttribute("data-drop");
    const there = tileOf(document.elementsFromPoint(clientX, clientY).find((it) => tileOf(it) && tileOf(it) !== held?.tile) ?? null);
    below = there;
    below?.setAttribute("data-drop", "");
  });
  // While a tile is dragged, the page does not scroll.
  box.addEventListener("touchmove", (event) => held?.isDragged && event.preventDefault(), { passive: false });
  box.addEventListener("contextmenu", (event) => held && event.preventDefault());
  addEventListener("pointercancel", release);
  addEventListener("pointerup", () => {
    const [from, to] = [held?.isDragged ? held.tile : undefined, below];
    release();
    if (!from) return;
    // The click that may follow would select.
    const swallow = (/** @type {Event} */ event) => event.stopPropagation();
    addEventListener("click", swallow, { capture: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    if (to) swap(from, to);
  });
  box.addEventListener("keydown", (event) => {
    const other = event.shiftKey && !isOne() ? tileBeside(grid, event.key) : undefined;
    if (!other || !grid.selected) return;
    event.preventDefault();
    swap(grid.selected, other);
  });

  /** @param {LiveTile} from @param {LiveTile} to */
  function swap(from, to) {
    const [one, other] = [keyOf(from), keyOf(to)];
    rearrange(grid, (before) => swapped(grid.arranging.all, before, grid.arranging.set, one, other));
  }
}

/** @param {EventTarget | null} target */
function tileOf(target) {
  const tile = target instanceof Element ? target.closest("live-tile") : undefined;
  return tile instanceof LiveTile ? tile : undefined;
}
