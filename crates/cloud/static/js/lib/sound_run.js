// The sound of a recording as one unbroken run of samples: silence where none came, and nothing twice.

import { RATE } from "./g711.js";

/** Two clocks run apart, and packets tell their time roughly. Nobody notices less than this. */
const TOLERANCE = 0.06 * RATE;
/** Of another time is what is further ahead. */
const MAX_GAP = 30 * RATE;
const PIECE = RATE / 10;

export class SoundRun {
  #onSamples;
  #n = 0;

  /** @param {(samples: Float32Array, seconds: number) => void} onSamples Each follows the one before. */
  constructor(onSamples) {
    this.#onSamples = onSamples;
  }

  /** Sound that belongs to a time of the recording. @param {Float32Array} samples @param {number} seconds */
  take(samples, seconds) {
    const ahead = Math.round(seconds * RATE) - this.#n;
    const isOff = this.#n === 0 || Math.abs(ahead) > TOLERANCE;
    if (ahead > MAX_GAP) return;
    if (isOff) this.#silence(ahead);
    const rest = isOff && ahead < 0 ? samples.subarray(-ahead) : samples;
    if (rest.length > 0) this.#pass(rest);
  }

  /** Silence up to a time for which no sound will come. @param {number} seconds */
  fill(seconds) {
    this.#silence(Math.round(seconds * RATE) - this.#n);
  }

  /** @param {number} count */
  #silence(count) {
    for (let left = count; left > 0; left -= PIECE) this.#pass(new Float32Array(Math.min(left, PIECE)));
  }

  /** @param {Float32Array} samples */
  #pass(samples) {
    this.#onSamples(samples, this.#n / RATE);
    this.#n += samples.length;
  }
}
