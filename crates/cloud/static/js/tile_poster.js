// The poster of a tile: its last picture, kept here and shown until a live one comes.

import { posterKey, posters } from "./lib/posters.js";
import { drawPicture } from "./picture.js";

/** The first soon, for a short look, but after the first of other tiles. */
const [WIDTH, FIRST_MS, EVERY_MS] = [320, 200, 30_000];

export class TilePoster {
  #image;
  #key;
  #dueAt = 0;
  #hasStill = false;

  /** @param {Element | null} image @param {string} serial @param {string} camera */
  constructor(image, serial, camera) {
    this.#image = image;
    this.#key = posterKey(serial, camera);
    void this.#show();
  }

  /** Live pictures have begun. @param {() => void} keep */
  begin(keep) {
    this.#hasStill = false;
    this.#image?.closest(".tile")?.removeAttribute("data-still");
    this.#dueAt = 0;
    setTimeout(keep, FIRST_MS);
  }

  /** The recorder's own, until live ones come. @param {Uint8Array<ArrayBuffer>} jpeg */
  still(jpeg) {
    this.#hasStill = true;
    this.#paint(new Blob([jpeg]), () => {
      if (!this.#hasStill) return;
      this.#image?.closest(".tile")?.setAttribute("data-still", "");
      performance.mark("peerview:first-still");
    });
  }

  get isDue() {
    return performance.now() > this.#dueAt;
  }

  /** Draws before its first wait, so the source may go at once. @param {HTMLVideoElement | HTMLCanvasElement} source */
  async keep(source) {
    this.#dueAt = performance.now() + EVERY_MS;
    const picture = await drawPicture(source, WIDTH, 0.75);
    if (!picture) return;
    await posters.put(this.#key, picture);
    await this.#show();
  }

  async #show() {
    const picture = await posters.get(this.#key);
    if (picture && !this.#hasStill) this.#paint(picture);
  }

  /** @param {Blob} picture @param {() => void} [onPainted] */
  #paint(picture, onPainted) {
    const image = this.#image;
    if (!(image instanceof HTMLImageElement)) return;
    const url = URL.createObjectURL(picture);
    // What an image has loaded it keeps itself.
    image.onload = () => {
      URL.revokeObjectURL(url);
      image.hidden = false;
      onPainted?.();
    };
    image.onerror = () => URL.revokeObjectURL(url);
    image.src = url;
  }
}
