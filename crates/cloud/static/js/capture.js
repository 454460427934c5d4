// Capture: stores the current picture of a camera in this browser, says so, and offers it as a file.

import { kept, nameOf, newItem, POSTER_WIDTH } from "./kept_here.js";
import { isFull } from "./lib/kept.js";
import { OneAction } from "./lib/one_action.js";
import { say } from "./lib/say.js";
import { tellBelow } from "./told_below.js";

/** @import {LiveTile} from "./elements/live-tile.js" */

const one = new OneAction();

/** A double tap captures once. @param {LiveTile | undefined} tile */
export function capture(tile) {
  return one.run(() => take(tile), performance.now());
}

/** @param {LiveTile | undefined} tile */
async function take(tile) {
  const item = newItem("picture", tile?.dataset.name ?? "");
  const picture = await tile?.capture();
  if (!picture) return tellBelow(say("capture-none"));
  const file = new File([picture], nameOf(item), { type: "image/jpeg" });
  const size = await poster(picture);
  const why = await kept.put({ ...item, ...size, data: picture, bytes: picture.size }).then(() => undefined, reason);
  const text = why ?? say("capture-kept", { camera: item.camera });
  tellBelow(text, file);
}

/** Why it was not kept; the file is there all the same. @param {unknown} error */
function reason(error) {
  return isFull(error) ? say("capture-full") : say("capture-not-kept");
}

/** A small copy and the size. @param {Blob} picture */
async function poster(picture) {
  const whole = await createImageBitmap(picture);
  const { width, height } = whole;
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, POSTER_WIDTH / width);
  [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  canvas.getContext("2d")?.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  const small = await new Promise((/** @type {(small: Blob | null) => void} */ resolve) => canvas.toBlob(resolve, "image/jpeg", 0.75));
  return { width, height, poster: small };
}
