// Decoders of this browser for pictures that come over a data channel, drawn into a canvas.

import { h265Codec } from "./lib/h265.js";
import { MAX_PIXELS, canDecodeInSoftware } from "./lib/h265_support.js";
import { PICTURE_PROTOCOL } from "./lib/pictures.js";

/** @import {LiveTile} from "./elements/live-tile.js" */
/** @import {RawPicture} from "./lib/libde265.js" */
/** @import {Picture} from "./lib/pictures.js" */
/** @import {PictureTrouble, SoftwareH265} from "./lib/software_h265.js" */

/** H.265 Main at level 3.1, which every decoder of H.265 knows. */
const USUAL_H265 = "hev1.1.6.L93.B0";
/** Pictures that may wait for a decoder; behind a slower one the next key frame is the better picture. */
const MAX_WAITING = 60;

/** Whether WebCodecs decodes H.265; else the decoder in WebAssembly does. */
let isOwnH265 = false;

/** What the recorder's end may send, as subprotocols. @type {Promise<string[]>} */
export const decoders = (async () => {
  const names = [`${PICTURE_PROTOCOL}/still`];
  if ("createImageBitmap" in globalThis) names.push(`${PICTURE_PROTOCOL}/jpeg`);
  isOwnH265 = await canDecode(USUAL_H265);
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
  /** @type {VideoDecoder | undefined} */
  #decoder;
  /** @type {SoftwareH265 | undefined} */
  #software;
  #codec = "";
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
    if (picture.codec === "h265") return isOwnH265 ? this.#decode(picture) : void this.#decodeInSoftware(picture);
    this.#next = picture;
    if (!this.#isBusy) void this.#drawJpegs();
  }

  close() {
    this.#isClosed = true;
    this.#next = undefined;
    this.#stopDecoder();
    this.#software?.close();
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
  async #decodeInSoftware(picture) {
    // Loaded with the first picture that needs it; those that come meanwhile keep their order.
    const loaded = await import("./lib/software_h265.js").catch(() => undefined);
    if (this.#isClosed) return;
    if (!loaded) return this.#onFailed("unplayable");
    const makeWorker = () => new Worker(new URL("./h265_worker.js", import.meta.url), { type: "module" });
    const draw = (/** @type {RawPicture} */ { data, width, height }) => {
      if (this.#isClosed) return;
      this.#fit(width, height);
      this.#context?.putImageData(new ImageData(data, width, height), 0, 0);
      this.#onDrawn();
    };
    this.#software ??= new loaded.SoftwareH265(makeWorker, draw, this.#onFailed);
    this.#software.decode(picture);
  }

  /** @param {Picture} picture */
  #decode(picture) {
    if (picture.isKey) this.#configure(h265Codec(picture.data));
    const decoder = this.#decoder;
    if (!decoder || decoder.state !== "configured") return;
    if (decoder.decodeQueueSize > MAX_WAITING) return this.#stopDecoder();
    const type = picture.isKey ? "key" : "delta";
    decoder.decode(new EncodedVideoChunk({ type, timestamp: picture.timeMicros, data: picture.data }));
  }

  /** @param {string | undefined} codec */
  #configure(codec) {
    if (!codec || (this.#decoder?.state === "configured" && codec === this.#codec)) return;
    this.#stopDecoder();
    this.#codec = codec;
    this.#decoder = new VideoDecoder({
      output: (frame) => {
        this.#draw(frame, frame.displayWidth, frame.displayHeight);
        frame.close();
      },
      error: ({ name }) => {
        this.#decoder = undefined;
        if (name === "NotSupportedError" && !this.#isClosed) this.#onFailed("unplayable");
      },
    });
    // Without a description, WebCodecs takes Annex B with the parameter sets in each key frame.
    this.#decoder.configure({ codec, optimizeForLatency: true });
  }

  #stopDecoder() {
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = undefined;
  }

  /** @param {CanvasImageSource} image @param {number} width @param {number} height */
  #draw(image, width, height) {
    if (this.#isClosed) return;
    this.#fit(width, height);
    this.#context?.drawImage(image, 0, 0);
    this.#onDrawn();
  }

  /** @param {number} width @param {number} height */
  #fit(width, height) {
    // Setting a size clears the canvas.
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
  }
}
