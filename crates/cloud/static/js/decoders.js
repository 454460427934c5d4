// Which pictures over a data channel this browser decodes, and the canvas into which they are drawn.

import { MAX_PIXELS, canDecodeInSoftware } from "./lib/h265_support.js";
import { PICTURE_PROTOCOL } from "./lib/pictures.js";

/** @import {LiveTile} from "./elements/live-tile.js" */
/** @import {CodedImage, CodedPictures} from "./coded_pictures.js" */
/** @import {Picture} from "./lib/pictures.js" */
/** @import {PictureTrouble} from "./lib/software_h265.js" */

/** H.264 High at level 4, which every decoder of H.264 knows. */
const USUAL_H264 = "avc1.640028";
/** H.265 Main at level 3.1, which every decoder of H.265 knows. */
const USUAL_H265 = "hev1.1.6.L93.B0";

/** Whether WebCodecs decodes H.265; else the decoder in WebAssembly does. */
let isOwnH265 = false;

/** What the recorder's end may send, as subprotocols. @type {Promise<string[]>} */
export const decoders = (async () => {
  const names = [`${PICTURE_PROTOCOL}/still`];
  if ("createImageBitmap" in globalThis) names.push(`${PICTURE_PROTOCOL}/jpeg`);
  const [isOwnH264, isH265] = await Promise.all([USUAL_H264, USUAL_H265].map(canDecode));
  isOwnH265 = isH265 === true;
  // Firefox may lack the plugin that plays H.264 as video of a call, and decode it all the same.
  if (isOwnH264) names.push(`${PICTURE_PROTOCOL}/h264`);
  if (isOwnH265 || canDecodeInSoftware()) names.push(`${PICTURE_PROTOCOL}/h265`);
  if (!isOwnH265) names.push(`${PICTURE_PROTOCOL}/h265-pixels/${MAX_PIXELS}`);
  return names;
})();

/** @param {string} codec */
async function canDecode(codec) {
  if (!("VideoDecoder" in globalThis)) return false;
  return VideoDecoder.isConfigSupported({ codec }).then(({ supported }) => supported === true, () => false);
}

/** Decodes the pictures of one tile and draws them. */
export class PictureCanvas {
  canvas = document.createElement("canvas");
  #context = this.canvas.getContext("2d");
  #onDrawn;
  #onFailed;
  /** @type {CodedPictures | undefined} */
  #coded;
  #isBusy = false;
  /** The newest JPEG that came while another was decoded. @type {Picture | undefined} */
  #next;
  #isClosed = false;

  /** @param {LiveTile} tile @param {() => void} onDrawn @param {(trouble: PictureTrouble) => void} onFailed This browser cannot decode the pictures. */
  constructor(tile, onDrawn, onFailed) {
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", tile.dataset.name ?? "");
    tile.above(this.canvas);
    this.#onDrawn = onDrawn;
    this.#onFailed = onFailed;
  }

  /** @param {Picture} picture */
  show(picture) {
    if (picture.codec !== "jpeg") return void this.#decode(picture);
    this.#next = picture;
    if (!this.#isBusy) void this.#drawJpegs();
  }

  close() {
    this.#isClosed = true;
    this.#next = undefined;
    this.#coded?.close();
    this.canvas.remove();
  }

  async #drawJpegs() {
    this.#isBusy = true;
    for (let picture = this.#next; picture; picture = this.#next) {
      this.#next = undefined;
      const blob = new Blob([picture.data], { type: "image/jpeg" });
      // A damaged picture leaves the one before it where it is.
      const bitmap = await createImageBitmap(blob).catch(() => undefined);
      if (bitmap) this.#draw(bitmap, bitmap.width, bitmap.height);
      bitmap?.close();
    }
    this.#isBusy = false;
  }

  /** @param {Picture} picture */
  async #decode(picture) {
    // Loaded with the first picture that needs it; those that come meanwhile keep their order.
    const loaded = await import("./coded_pictures.js").catch(() => undefined);
    if (this.#isClosed) return;
    if (!loaded) return this.#onFailed("unplayable");
    const draw = (/** @type {CodedImage} */ image, /** @type {number} */ width, /** @type {number} */ height) => this.#draw(image, width, height);
    this.#coded ??= new loaded.CodedPictures(isOwnH265, draw, this.#onFailed);
    this.#coded.show(picture);
  }

  /** @param {CodedImage} image @param {number} width @param {number} height */
  #draw(image, width, height) {
    if (this.#isClosed) return;
    // Setting a size clears the canvas.
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    if ("data" in image) this.#context?.putImageData(image, 0, 0);
    else this.#context?.drawImage(image, 0, 0);
    this.#onDrawn();
  }
}
