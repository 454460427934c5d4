// The H.265 decoder in WebAssembly: libde265, a separate file under the LGPL, built by tools/libde265. The
// camera's data is parsed in the instance's own memory; if it crashes the decoder, only that instance ends.

/** @typedef {"decoded" | "damaged" | "too-large" | "unplayable"} DecodeResult */
/** @typedef {{width: number, height: number, data: Uint8ClampedArray<ArrayBuffer>}} RawPicture RGBA, row by row. */
/**
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {() => void} _initialize
 * @property {() => void} start
 * @property {(nBytes: number) => number} place
 * @property {(nBytes: number) => number} decode
 * @property {() => number} picture
 * @property {() => number} picture_width
 * @property {() => number} picture_height
 */

/** The browser refuses a file with another hash. */
export const DECODER = { file: "libde265-1.1.3/libde265.wasm", integrity: "sha256-3uZ6V46UgEu2piB9VT1SB5qBNmVqupU4VM4/XApTGZY=" };

/** By the numbers of tools/libde265/decoder.cc. @type {DecodeResult[]} */
const RESULTS = ["decoded", "damaged", "too-large", "unplayable"];
/** WASI's EBADF: the decoder has no files and no console. */
const NO_FILE = () => 8;
const NO_FILES = { fd_close: NO_FILE, fd_fdstat_get: NO_FILE, fd_seek: NO_FILE, fd_write: NO_FILE };

/** Decodes one stream. Throws once its instance is broken. */
export class SoftwareDecoder {
  #exports;

  /** @param {Exports} exports */
  constructor(exports) {
    this.#exports = exports;
    exports._initialize();
    exports.start();
  }

  /** @param {BufferSource} file */
  static async load(file) {
    const { instance } = await WebAssembly.instantiate(file, { wasi_snapshot_preview1: NO_FILES });
    return new SoftwareDecoder(/** @type {any} */ (instance.exports));
  }

  /** Begins anew: the next access unit is a key frame. */
  restart() {
    this.#exports.start();
  }

  /**
   * Decodes an access unit. The picture is the newest that is to be shown, which is another one where B slices
   * change the order.
   * @param {Uint8Array} unit Annex B.
   * @returns {{result: DecodeResult, picture: RawPicture | undefined}}
   */
  decode(unit) {
    const { memory, place, decode } = this.#exports;
    const at = place(unit.length);
    if (at === 0) return { result: "too-large", picture: undefined };
    new Uint8Array(memory.buffer, at, unit.length).set(unit);
    const result = RESULTS[decode(unit.length)] ?? "damaged";
    return { result, picture: this.#picture() };
  }

  #picture() {
    const { memory, picture, picture_width, picture_height } = this.#exports;
    const [width, height] = [picture_width(), picture_height()];
    if (width === 0 || height === 0) return undefined;
    const inside = new Uint8ClampedArray(memory.buffer, picture(), width * height * 4);
    return { width, height, data: new Uint8ClampedArray(inside) };
  }
}
