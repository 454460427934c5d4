// <poster-image serial="…" cameras="1 2">: the last stored picture of the first of these cameras
// that has one.

import { posterKey } from "../lib/posters.js";
import { posters } from "../person.js";

export class PosterImage extends HTMLElement {
  async connectedCallback() {
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
    this.append(image);
  }
}
