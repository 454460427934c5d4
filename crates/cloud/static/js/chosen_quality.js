// The tool Quality of Live view: stores the person's choice, and explains below the tools which stream it gives.

import { choiceName, qualityOf, wishOf } from "./lib/quality.js";
import { chosenWords, isSettled } from "./lib/quality_words.js";
import { network } from "./network.js";
import { read, write } from "./person.js";
import { tellBelow } from "./told_below.js";

/** @import {LiveGrid} from "./elements/live-grid.js" */

/** Ends what waits for an earlier choice. */
let waiting = new AbortController();

/** @param {LiveGrid} grid */
export function letQualityBeChosen(grid) {
  const select = grid.querySelector(".tools__quality select");
  if (!(select instanceof HTMLSelectElement)) return;
  const show = () => {
    select.value = grid.quality;
    const label = grid.querySelector("[data-quality]");
    if (label) label.textContent = select.selectedOptions[0]?.textContent ?? "";
  };
  show();
  select.addEventListener("change", () => {
    write(`peerview.${choiceName(network)}`, select.value);
    grid.setQuality(qualityOf(select.value));
    show();
    tellChosen(grid);
  });
  // Another network may have its own choice.
  network?.addEventListener("change", () => {
    const chosen = qualityOf(read(`peerview.${choiceName(network)}`));
    if (chosen !== grid.quality) grid.setQuality(chosen);
    show();
  });
}

/** @param {LiveGrid} grid */
function tellChosen(grid) {
  waiting.abort();
  waiting = new AbortController();
  const tile = grid.selected;
  if (!tile) return;
  const look = () => {
    const { slot } = grid.watching.told(tile.serial, tile.camera);
    if (!isSettled(slot, wishOf(grid.quality, grid.dataset.layout === "1"))) return;
    waiting.abort();
    tellBelow(chosenWords(grid.quality, slot));
  };
  grid.addEventListener("told", look, { signal: waiting.signal });
  look();
}
