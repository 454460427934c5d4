// Sound of 8 kHz as sound of 48 kHz, which every encoder of browsers takes.

const FACTOR = 6;
const TAPS = 16;
/** Of the old rate: what G.711 carries, and none of its mirror images. */
const CUTOFF = 0.45;

/** One row of weights for each of the new samples between two old ones. */
const WEIGHTS = Array.from({ length: FACTOR }, (_, phase) => weights(phase / FACTOR));

export class Upsampler {
  #past = new Float32Array(TAPS - 1);

  /** @param {Float32Array} samples */
  take(samples) {
    const all = new Float32Array(this.#past.length + samples.length);
    all.set(this.#past);
    all.set(samples, this.#past.length);
    this.#past = all.slice(samples.length);
    const made = new Float32Array(samples.length * FACTOR);
    for (let at = 0; at < made.length; at++) {
      const row = /** @type {number[]} */ (WEIGHTS[at % FACTOR]);
      const from = Math.floor(at / FACTOR);
      made[at] = row.reduce((sum, weight, tap) => sum + weight * /** @type {number} */ (all[from + tap]), 0);
    }
    return made;
  }
}

/** A windowed sinc, so far behind the old sample. @param {number} behind */
function weights(behind) {
  const row = Array.from({ length: TAPS }, (_, tap) => {
    const x = tap - (TAPS / 2 - 1) - behind;
    const sinc = x === 0 ? 2 * CUTOFF : Math.sin(2 * Math.PI * CUTOFF * x) / (Math.PI * x);
    return sinc * Math.cos((Math.PI * x) / (TAPS + 2)) ** 2;
  });
  const sum = row.reduce((all, weight) => all + weight, 0);
  return row.map((weight) => weight / sum);
}
