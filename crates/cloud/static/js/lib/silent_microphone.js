// Whether a microphone has been silent for so long that it may be muted. Pure: levels and times go in.

/** Quieter than this is silence. */
const QUIET = 0.03;
/** After this much silence the person is asked. */
const QUIET_MS = 4_000;
/** A page that had no time to listen has heard no silence: one look stands for no more than this. */
const LOOK_MS = 250;

export class SilentMicrophone {
  #silentMs = 0;
  #lookedAt = 0;

  /** A talk begins. */
  reset() {
    this.#silentMs = 0;
  }

  /** Takes a level of 0 to 1; says whether the microphone seems muted. @param {number} level @param {number} now @returns {boolean} */
  take(level, now) {
    const span = Math.min(now - this.#lookedAt, LOOK_MS);
    this.#lookedAt = now;
    this.#silentMs = level > QUIET ? 0 : this.#silentMs + span;
    return this.#silentMs > QUIET_MS;
  }
}
