// One clock for the pictures and the sound of a recording. Their RTP timestamps may have different zeros; what they share
// is the path: the quickest of late shows how far apart the zeros are. docs/ref/recordings.md says how exact that is.

import { RATE } from "./g711.js";
import { RtpClock } from "./rtp_clock.js";

/** The quickest of one to two of these counts, so that clocks that run apart are followed. */
const WINDOW_MS = 30_000;
/** Pictures wait in queues for which sound is too small, so sound seems early; and clocks that begin together run apart. By so much their common zero may say that the sound is later. */
const MOST_LATER = 0.1;
/** Zeros that are further apart are no common zero. */
const NOT_COMMON = 2;
const [PICTURE_RATE, WRAP] = [90_000, 2 ** 32 / 90_000];

export class LipSync {
  #pictures = { clock: new RtpClock(), delay: new PathDelay() };
  #sounds = { clock: new RtpClock(RATE), delay: new PathDelay() };
  /** When the times of pictures say zero; NaN where those of sound mean another. */
  #zero = NaN;

  /** Seconds of a picture since the first. @param {number} timestamp @param {number} arrivalMs @param {boolean} [isRtp] Timed as the sound of the same call. */
  picture(timestamp, arrivalMs, isRtp = true) {
    const seconds = this.#pictures.clock.seconds(timestamp, arrivalMs);
    this.#pictures.delay.take(seconds, arrivalMs);
    this.#zero = isRtp ? seconds - timestamp / PICTURE_RATE : NaN;
    return seconds;
  }

  /** The same for sound, on the clock of pictures; not finite before the first of them. @param {number} timestamp @param {number} arrivalMs */
  sound(timestamp, arrivalMs) {
    const seconds = this.#sounds.clock.seconds(timestamp, arrivalMs);
    this.#sounds.delay.take(seconds, arrivalMs);
    const arrived = seconds + this.#sounds.delay.seconds - this.#pictures.delay.seconds;
    const later = this.#zero + timestamp / RATE - arrived;
    const told = later - WRAP * Math.round(later / WRAP);
    return Math.abs(told) < NOT_COMMON ? arrived + Math.min(Math.max(told, 0), MOST_LATER) : arrived;
  }

  /** What comes next is from another connection. */
  restart() {
    for (const stream of [this.#pictures, this.#sounds]) {
      stream.clock.restart();
      stream.delay = new PathDelay();
    }
  }
}

class PathDelay {
  #since = 0;
  #least = Infinity;
  #before = Infinity;

  /** @param {number} seconds @param {number} arrivalMs */
  take(seconds, arrivalMs) {
    if (arrivalMs - this.#since > WINDOW_MS) [this.#since, this.#before, this.#least] = [arrivalMs, this.#least, Infinity];
    this.#least = Math.min(this.#least, arrivalMs / 1_000 - seconds);
  }

  get seconds() {
    return Math.min(this.#least, this.#before);
  }
}
