// The grid by keyboard: arrows move the selection, Page Up and Page Down change the page, Escape leaves an enlarged
// picture. Enter is the button of the tile.

import { moved } from "../lib/keys.js";
import { nColumns, placeOf } from "./grid-arrangement.js";

/** @import {LiveGrid} from "./live-grid.js" */

/** @param {LiveGrid} grid */
export function letKeysMove(grid) {
  document.addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, altKey, metaKey, shiftKey } = event;
    if (event.defaultPrevented || ctrlKey || altKey || metaKey || document.querySelector("dialog[open]")) return;
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
    // Whoever has keys must see what they lead to.
    if (key === "Tab") grid.setAttribute("data-controls", "");
    if (key === "Escape" && grid.view.enlarged !== undefined) {
      grid.selected?.dispatchEvent(new CustomEvent("tile-enlarge", { bubbles: true }));
    }
    const hasFocus = grid.querySelector(".grid")?.contains(document.activeElement) ?? false;
    // Outside of the grid, most keys scroll the page.
    if (shiftKey || (!hasFocus && key !== "ArrowLeft" && key !== "ArrowRight")) return;
    const to = moved(grid.view, placeOf(grid), grid.arranging.cameras.length, nColumns(grid), key);
    if (!to) return;
    event.preventDefault();
    grid.show(to.view, to.selected, hasFocus || document.activeElement === document.body);
  });
}
