// The poster of a tile: its last picture, kept in this browser and shown until there is a live one.

import { posterKey } from "./lib/posters.js";
import { posters } from "./person.js";
import { drawPicture } from "./picture.js";

const [WIDTH, EVERY_MS] = [320, 30_000];
/** The first one is kept soon, so that even a short look leaves a poster. */
const FIRST_MS = 2_000;

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

  /** Live pictures have begun. */
  begin() {
    this.#hasStill = false;
    this.#image?.closest(".tile")?.removeAttribute("data-still");
    this.#dueAt = performance.now() + FIRST_MS;
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
    // Tiles come and go; what an image has loaded it keeps itself.
    image.onload = () => {
      URL.revokeObjectURL(url);
      image.hidden = false;
      onPainted?.();
    };
    image.onerror = () => URL.revokeObjectURL(url);
    image.src = url;
  }
}
