// What the selected camera can do: it is asked until it has answered, and once. No DOM.

import { backoff } from "./clock.js";

/** @import {Clock} from "./clock.js" */
/**
 * What a camera said that it can do. Nothing in it is sure.
 * @typedef {{panTilt?: boolean, zoom?: boolean, focus?: boolean, iris?: boolean, presets?: number, patrols?: number,
 *   talk?: "camera" | "recorder" | null, image?: boolean, outputs?: number}} Can
 */
/** @typedef {{serial: string, camera: string}} CameraPlace */
/**
 * @typedef {object} AbilityOptions
 * @property {(place: CameraPlace) => Promise<Can>} ask
 * @property {Clock} clock
 * @property {() => void} onChange The selected camera has answered, or why it has not is known.
 */

/** What of these a camera needs for a panel. @type {Record<string, (can: Can) => boolean>} */
const NEEDS = {
  ptz: (can) => Boolean(can.panTilt || can.zoom || can.focus || can.iris || can.presets || can.patrols),
  talk: (can) => Boolean(can.talk),
  image: (can) => Boolean(can.image),
  outputs: (can) => Number(can.outputs) > 0,
};

/** Whether a camera has what a panel is for. @param {string} panel @param {Can} can */
export function isAble(panel, can) {
  return NEEDS[panel]?.(can) ?? true;
}

export class Abilities {
  #options;
  /** @type {Map<string, Can>} */
  #known = new Map();
  /** @type {CameraPlace | undefined} */
  #wanted;
  /** @type {unknown} */
  #error;
  /** @type {unknown} */
  #timer;
  #attempt = 0;
  #isAsking = false;

  /** @param {AbilityOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** What the selected camera can do, once it has said so. */
  get can() {
    return this.#wanted && this.#known.get(keyOf(this.#wanted));
  }

  /** Why it has not, if the last question failed. */
  get error() {
    return this.can ? undefined : this.#error;
  }

  /** This camera is selected, or something about its connection has changed. @param {CameraPlace} place */
  want(place) {
    if (!this.#wanted || keyOf(this.#wanted) !== keyOf(place)) this.#error = undefined;
    this.#wanted = place;
    this.#attempt = 0;
    this.#options.clock.clearTimeout(this.#timer);
    if (!this.can && !this.#isAsking) void this.#ask();
  }

  /** @returns {Promise<void>} */
  async #ask() {
    const place = /** @type {CameraPlace} */ (this.#wanted);
    const { ask, clock, onChange } = this.#options;
    this.#isAsking = true;
    /** @type {unknown} */
    let error;
    try {
      this.#known.set(keyOf(place), await ask(place));
    } catch (refusal) {
      error = refusal;
    }
    this.#isAsking = false;
    if (this.can) return onChange();
    if (this.#wanted !== place) return this.#ask();
    this.#error = error;
    this.#timer = clock.setTimeout(() => this.#ask(), backoff(this.#attempt++, 500, 30_000, clock));
    onChange();
  }
}

/** @param {CameraPlace} place */
function keyOf({ serial, camera }) {
  return `${serial} ${camera}`;
}
