// <data-used>: how much data Live view has used on this device, and the button that resets the
// count.

import { NETWORKS, USED, readUsed, spansOf } from "../lib/data_used.js";
import { sizeWords } from "../lib/kept_words.js";
import { networkOf } from "../lib/quality.js";
import { say } from "../lib/say.js";
import { network } from "../network.js";
import { read, write } from "../person.js";

export class DataUsed extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.#draw();
    this.querySelector("button")?.addEventListener("click", () => {
      write(USED, "");
      this.#draw();
      const status = this.querySelector("[role=status]");
      if (status) status.textContent = say("data-is-reset");
    });
    // Live view may be open in another tab.
    addEventListener("storage", ({ key }) => key === USED && this.#draw());
    addEventListener("pageshow", () => this.#draw());
  }

  #draw() {
    const spans = spansOf(readUsed(read(USED)), new Date());
    for (const kind of NETWORKS) {
      const all = Object.values(spans).some((bytes) => bytes[kind] > 0);
      // What this browser never tells apart needs no column.
      const isShown = all || (networkOf(network) === "unknown") === (kind === "unknown");
      this.querySelectorAll(`[data-network="${kind}"]`).forEach((cell) => /** @type {HTMLElement} */ (cell).toggleAttribute("hidden", !isShown));
      for (const [span, bytes] of Object.entries(spans)) {
        const cell = this.querySelector(`[data-span="${span}"] td[data-network="${kind}"]`);
        if (cell) cell.textContent = sizeWords(bytes[kind]);
      }
    }
  }
}
