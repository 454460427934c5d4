// <selected-camera>: names the selected camera and its state: visibly where tiles are small, and always to screen
// readers.

import { say } from "../lib/say.js";
import { LiveGrid } from "./live-grid.js";

export class SelectedCamera extends HTMLElement {
  connectedCallback() {
    const grid = this.closest("live-grid");
    const box = grid?.querySelector(".grid");
    if (!(grid instanceof LiveGrid) || !box) return;
    const look = () => this.#say(grid.selected);
    grid.addEventListener("selected", look);
    new MutationObserver(look).observe(box, { subtree: true, childList: true, attributeFilter: ["data-state"] });
    look();
  }

  /** @param {HTMLElement | undefined} tile */
  #say(tile) {
    const words = tile?.querySelector(".tile__words")?.textContent ?? "";
    const state = tile?.dataset.state === "playing" ? say("tile-playing") : words;
    const text = tile ? say("tile-selected", { camera: tile.dataset.name ?? "", state }) : "";
    if (this.textContent !== text) this.textContent = text;
  }
}
