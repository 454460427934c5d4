// The tools Capture and Record of Live view. What they do is loaded once the page is.

import { say } from "./lib/say.js";

/** @import {LiveGrid} from "./elements/live-grid.js" */

const captures = () => Promise.all([import("./capture.js"), import("./told_below.js")]);

/** @param {LiveGrid} grid @param {HTMLButtonElement | null} capture @param {HTMLButtonElement | null} record */
export function keepOnClick(grid, capture, record) {
  // Before they are needed: the network may be away then.
  addEventListener("load", () => captures().catch(() => {}));
  capture?.addEventListener("click", async () => {
    const [{ capture: keep }] = await captures();
    await keep(grid.selected);
  });
  /** @type {import("./recordings.js").Recordings | undefined} */
  let recordings;
  record?.addEventListener("click", async () => {
    const tile = grid.selected;
    // What follows may take long on a slow phone, and a second tap is told by when it came.
    const at = performance.now();
    const loaded = await import("./recordings.js").catch(() => undefined);
    if (loaded) (recordings ??= new loaded.Recordings(grid, record)).toggle(tile, at);
    else (await captures())[1].tellBelow(say("recording-not-begun"));
  });
}
