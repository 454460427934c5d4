// Pictures of one tile that depend on each other, decoded by WebCodecs, or H.265 in WebAssembly where that has no
// decoder for it. Loaded with the first of them.

import { h264Codec } from "./lib/h264.js";
import { h265Codec } from "./lib/h265.js";
import { SoftwareH265 } from "./lib/software_h265.js";

/** @import {Picture} from "./lib/pictures.js" */
/** @import {PictureTrouble} from "./lib/software_h265.js" */
/** @typedef {VideoFrame | ImageData | ImageBitmap} CodedImage */

/** Pictures that may wait for a decoder; behind a slower one the next key frame is the better picture. */
const MAX_WAITING = 60;

export class CodedPictures {
  #isOwnH265;
  #draw;
  #onFailed;
  /** @type {VideoDecoder | undefined} */
  #decoder;
  /** @type {SoftwareH265 | undefined} */
  #software;
  #codec = "";
  #isClosed = false;

  /**
   * @param {boolean} isOwnH265 Whether WebCodecs decodes H.265.
   * @param {(image: CodedImage, width: number, height: number) => void} draw
   * @param {(trouble: PictureTrouble) => void} onFailed This browser cannot decode the pictures.
   */
  constructor(isOwnH265, draw, onFailed) {
    this.#isOwnH265 = isOwnH265;
    this.#draw = draw;
    this.#onFailed = onFailed;
  }

  /** @param {Picture} picture */
  show(picture) {
    if (picture.codec === "h265" && !this.#isOwnH265) this.#decodeInSoftware(picture);
    else this.#decode(picture);
  }

  close() {
    this.#isClosed = true;
    this.#stop();
    this.#software?.close();
  }

  /** @param {Picture} picture */
  #decodeInSoftware(picture) {
    const makeWorker = () => new Worker(new URL("./h265_worker.js", import.meta.url), { type: "module" });
    this.#software ??= new SoftwareH265(
      makeWorker,
      ({ data, width, height }) => this.#draw(new ImageData(data, width, height), width, height),
      this.#onFailed,
    );
    this.#software.decode(picture);
  }

  /** @param {Picture} picture */
  #decode({ codec, isKey, timeMicros, data }) {
    if (isKey) this.#configure(codec === "h264" ? h264Codec(data) : h265Codec(data));
    const decoder = this.#decoder;
    if (!decoder || decoder.state !== "configured") return;
    if (decoder.decodeQueueSize > MAX_WAITING) return this.#stop();
    decoder.decode(new EncodedVideoChunk({ type: isKey ? "key" : "delta", timestamp: timeMicros, data }));
  }

  /** @param {string | undefined} codec */
  #configure(codec) {
    if (!codec || (this.#decoder?.state === "configured" && codec === this.#codec)) return;
    this.#stop();
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

  #stop() {
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = undefined;
  }
}
