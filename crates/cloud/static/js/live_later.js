// Parts of Live view that its first pictures do not need: keys and swipes, the list of cameras, swapping tiles, zoom,
// and the behaviour in the background.

import { CameraList } from "./elements/camera-list.js";
import { letPicturesBeZoomed } from "./elements/digital-zoom.js";
import { payAttention } from "./elements/live-attention.js";
import { letKeysMove } from "./elements/grid-keys.js";
import { LiveGrid } from "./elements/live-grid.js";
import { SelectedCamera } from "./elements/selected-camera.js";
import { letTilesBeSwapped } from "./elements/tile-drag.js";
import { letQualityBeChosen } from "./chosen_quality.js";
import { keepDataUsed } from "./data_used.js";
import { onSwipe } from "./swipe.js";

keepDataUsed();
const grid = document.querySelector("live-grid");
if (grid instanceof LiveGrid) {
  letKeysMove(grid);
  letTilesBeSwapped(grid);
  letPicturesBeZoomed(grid);
  payAttention(grid);
  letQualityBeChosen(grid);
  // Heard by the grid after whoever pans a zoomed picture.
  onSwipe(grid, (by) => grid.dispatchEvent(new CustomEvent("step", { detail: by })));
}

customElements.define("selected-camera", SelectedCamera);
customElements.define("camera-list", CameraList);
const list = document.querySelector("camera-list");
document.querySelector("[data-opens=cameras]")?.addEventListener("click", (event) => {
  event.preventDefault();
  if (list instanceof CameraList) list.open();
});
