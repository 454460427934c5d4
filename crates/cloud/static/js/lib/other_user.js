// Who else uses the camera of an open panel, asked each second while the page is shown. No DOM.

import { LOST } from "./rpc.js";

/** @import {Clock} from "./clock.js" */
/**
 * @typedef {object} OtherUserOptions
 * @property {() => Promise<any>} ask
 * @property {(uses: any) => any} pick Whoever matters, `{name}`.
 * @property {() => boolean} isShown
 * @property {Clock} clock
 * @property {(name: string) => void} onChange Empty for nobody.
 */

const EVERY_MS = 1_000;
/** Codes of what passes; an older agent is not asked again. */
const PASSING = [LOST, 408, 429];

export class OtherUser {
  #options;
  #name = "";
  #isOver = false;
  /** @type {unknown} */
  #timer;

  /** @param {OtherUserOptions} options */
  constructor(options) {
    this.#options = options;
    void this.#look();
  }

  end() {
    this.#isOver = true;
    this.#options.clock.clearTimeout(this.#timer);
  }

  async #look() {
    const { ask, pick, isShown, clock, onChange } = this.#options;
    let name = this.#name;
    let isLast = false;
    try {
      if (isShown()) name = String(pick(await ask())?.name ?? "");
    } catch (/** @type {any} */ error) {
      name = "";
      isLast = !PASSING.includes(error?.code);
    }
    if (this.#isOver) return;
    if (name !== this.#name) onChange((this.#name = name));
    if (isLast) return;
    this.#timer = clock.setTimeout(() => void this.#look(), EVERY_MS);
  }
}
