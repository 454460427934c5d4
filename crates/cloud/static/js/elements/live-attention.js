// Live view in the foreground and background: the screen stays on while pictures play; a hidden page ends its calls
// after a few seconds and starts them again when it is shown; a picture can be moved into a small window
// (picture-in-picture).

import { LiveTile } from "./live-tile.js";

/** @import {LiveGrid} from "./live-grid.js" */

/** So long a page may be hidden, as when somebody looks something up in another tab. */
const PATIENCE_MS = 5_000;

/** @param {LiveGrid} grid */
export function payAttention(grid) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isPaused = false;
  const look = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") {
      if (isPaused) grid.resume();
      isPaused = false;
    } else if (!isPaused) {
      timer = setTimeout(() => {
        // Whoever still needs the pictures, such as a recording, says so.
        if (document.pictureInPictureElement || !grid.dispatchEvent(new CustomEvent("pause", { cancelable: true }))) return;
        isPaused = true;
        grid.pause();
      }, PATIENCE_MS);
    }
  };
  document.addEventListener("visibilitychange", look);
  document.addEventListener("leavepictureinpicture", look);
  look();
  keepScreenOn(grid);
  offerSmallWindow(grid);
}

/** @param {LiveGrid} grid */
function keepScreenOn(grid) {
  /** @type {WakeLockSentinel | undefined} */
  let lock;
  let isAsking = false;
  const look = async () => {
    const isWanted = document.visibilityState === "visible" && grid.querySelector("[data-state=playing]") !== null;
    if (!isWanted) return lock?.release();
    if (lock || isAsking || !("wakeLock" in navigator)) return undefined;
    isAsking = true;
    // A phone with little power left refuses.
    const got = await navigator.wakeLock.request("screen").catch(() => undefined);
    isAsking = false;
    lock = got;
    grid.toggleAttribute("data-awake", got !== undefined);
    got?.addEventListener("release", () => {
      lock = undefined;
      grid.removeAttribute("data-awake");
    });
    return undefined;
  };
  const box = /** @type {Element} */ (grid.querySelector(".grid"));
  new MutationObserver(() => void look()).observe(box, { subtree: true, childList: true, attributeFilter: ["data-state"] });
  document.addEventListener("visibilitychange", () => void look());
  void look();
}

/** @param {LiveGrid} grid */
function offerSmallWindow(grid) {
  const button = grid.querySelector("[data-tool=small-window]");
  if (!(button instanceof HTMLButtonElement) || !document.pictureInPictureEnabled) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (document.pictureInPictureElement) return void (await document.exitPictureInPicture().catch(() => {}));
    const video = grid.selected instanceof LiveTile ? grid.selected.querySelector("video") : null;
    if (!video) return;
    video.disablePictureInPicture = false;
    await video.requestPictureInPicture().catch(() => {});
  });
}
