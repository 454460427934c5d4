// <poster-image serial="…" cameras="1 2">: the last stored picture of the first of these cameras
// that has one.

import { posterKey, posters } from "../lib/posters.js";

export class PosterImage extends HTMLElement {
  connectedCallback() {
    void this.#find();
    // A page that comes back from the history is as old as its pictures.
    addEventListener("pageshow", ({ persisted }) => persisted && this.#find());
  }

  async #find() {
    const serial = this.getAttribute("serial") ?? "";
    for (const camera of (this.getAttribute("cameras") ?? "").split(" ")) {
      const blob = await posters.get(posterKey(serial, camera));
      if (blob) return this.#show(blob);
    }
  }

  /** @param {Blob} blob */
  #show(blob) {
    const image = new Image();
    image.alt = "";
    image.onload = () => URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(blob);
    this.querySelector("img")?.remove();
    this.append(image);
  }
}
