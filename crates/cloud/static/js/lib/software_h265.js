// H.265 in browsers without a decoder: hands access units to a worker with a WebAssembly decoder, and drops
// all up to the next key frame if the worker cannot keep up.

/** @import {DecodeResult, RawPicture} from "./libde265.js" */
/** @import {Picture} from "./pictures.js" */
/** @typedef {{unit: Uint8Array<ArrayBuffer>, isStart: boolean}} DecoderWork */
/** @typedef {{result: DecodeResult | "broken", picture: RawPicture | undefined}} DecoderReply */
/** @typedef {Pick<Worker, "postMessage" | "terminate" | "onmessage" | "onerror">} WorkerLike */
/** @typedef {"unplayable" | "too-large"} PictureTrouble */

/** As for the browser's decoder: a kept group of pictures comes at once, and all of it is decoded. */
const MAX_WAITING = 60;
/** What a tile may hold besides; two of the largest pictures. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
/** A stream that breaks the decoder may have been damaged; one that does it again does it always. */
const MAX_WORKERS = 2;
/** Decodes the pictures of one tile. */
export class SoftwareH265 {
  #makeWorker;
  #onPicture;
  #onTrouble;
  /** @type {WorkerLike | undefined} */
  #worker;
  #nWorkers = 0;
  /** Bytes of what the worker has not answered yet, oldest first. @type {number[]} */
  #waiting = [];
  #needsKey = true;

  /**
   * @param {() => WorkerLike} makeWorker
   * @param {(picture: RawPicture) => void} onPicture
   * @param {(trouble: PictureTrouble) => void} onTrouble
   */
  constructor(makeWorker, onPicture, onTrouble) {
    this.#makeWorker = makeWorker;
    this.#onPicture = onPicture;
    this.#onTrouble = onTrouble;
  }

  /** @param {Picture} picture */
  decode({ data, isKey }) {
    if (this.#needsKey && !isKey) return;
    const nBytes = this.#waiting.reduce((sum, one) => sum + one, data.length);
    if (this.#waiting.length >= MAX_WAITING || nBytes > MAX_WAITING_BYTES) {
      this.#needsKey = true;
      return;
    }
    if (!this.#worker && this.#nWorkers === MAX_WORKERS) return;
    this.#worker ??= this.#start();
    /** @type {DecoderWork} */
    const work = { unit: data, isStart: this.#needsKey };
    this.#needsKey = false;
    this.#waiting.push(data.length);
    this.#worker.postMessage(work);
  }

  close() {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#nWorkers = MAX_WORKERS;
  }

  #start() {
    this.#nWorkers += 1;
    const worker = this.#makeWorker();
    worker.onmessage = ({ data }) => worker === this.#worker && this.#answered(data);
    worker.onerror = () => worker === this.#worker && this.#break();
    return worker;
  }

  /** @param {DecoderReply} reply */
  #answered({ result, picture }) {
    if (result === "broken") return this.#break();
    this.#waiting.shift();
    if (picture) this.#onPicture(picture);
    if (result !== "too-large" && result !== "unplayable") return;
    // Another stream of the camera may suit; it begins with a key frame.
    this.#needsKey = true;
    this.#onTrouble(result);
  }

  #break() {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#waiting = [];
    this.#needsKey = true;
    if (this.#nWorkers === MAX_WORKERS) this.#onTrouble("unplayable");
  }
}
