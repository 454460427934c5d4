// Seconds since the first frame, from RTP timestamps: never backwards, and over a jump as long as it took to come.

/** No camera waits this long between two pictures; a source that began anew has another time. */
const MAX_STEP = 10;
/** Two frames of one moment are still two frames. */
const MIN_STEP = 1 / 1_000;

export class RtpClock {
  /** @type {{timestamp: number, arrivalMs: number, seconds: number} | undefined} */
  #last;
  #isOther = false;
  #rate;

  /** @param {number} [rate] Ticks in a second. */
  constructor(rate = 90_000) {
    this.#rate = rate;
  }

  /** What comes next is from another connection, whose times begin anywhere. */
  restart() {
    this.#isOther = true;
  }

  /** @param {number} timestamp 32 bits. @param {number} arrivalMs */
  seconds(timestamp, arrivalMs) {
    const last = this.#last;
    const seconds = last ? last.seconds + this.#step(last, timestamp, arrivalMs) : 0;
    this.#last = { timestamp, arrivalMs, seconds };
    this.#isOther = false;
    return seconds;
  }

  /** @param {{timestamp: number, arrivalMs: number}} last @param {number} timestamp @param {number} arrivalMs */
  #step(last, timestamp, arrivalMs) {
    const told = ((timestamp - last.timestamp) | 0) / this.#rate;
    const isJump = this.#isOther || told > MAX_STEP || told < -MAX_STEP;
    return Math.max(MIN_STEP, isJump ? (arrivalMs - last.arrivalMs) / 1_000 : told);
  }
}
