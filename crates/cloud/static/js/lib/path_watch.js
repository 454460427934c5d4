// Whether anything still comes over a path, and when to ask for another one: ICE needs six seconds to
// notice what a picture shows at once. A rule without timers; the call looks four times a second.

export const TICK_MS = 250;
/** Nothing for so long: the recorder is asked for a sign of life. A camera may just be paused. */
const PROBE_MS = 500;
/** Nothing in spite of that: whatever ended this path may have ended the cloud's socket too. */
const DOUBT_MS = 1_000;
/** The path counts as dead. */
const SILENT_MS = 1_500;
/** No restart has helped: start again. */
const LOST_MS = 10_000;
/** Nobody looked for so long: the page or the whole phone slept, and nothing could be heard. */
const ASLEEP_MS = 3_000;
/** The wait between two wishes for a restart doubles up to this. */
const MOST_WAIT_MS = 16_000;
/** After so long without one, the next wish is the first again. */
const CALM_MS = 60_000;

/** @typedef {"fine" | "probe" | "doubt" | "silent" | "ask" | "lost"} Verdict */

export class PathWatch {
  /** @type {number | undefined} */
  #count;
  #heardAt;
  #lookedAt;
  #askedAt = -Infinity;
  #nAsked = 0;
  #isSilent = false;

  /** @param {number} now Milliseconds on any clock. */
  constructor(now) {
    this.#heardAt = this.#lookedAt = now;
  }

  /** Whether the last look found the path dead. */
  get isSilent() {
    return this.#isSilent;
  }

  /** The network may have changed: the next sign of life has to come soon. @param {number} now */
  suspect(now) {
    this.#heardAt = Math.min(this.#heardAt, now - PROBE_MS);
  }

  /**
   * @param {number | undefined} count Differs from the last one where something was heard; undefined where
   * nobody counts, and then there is no verdict.
   * @param {number} now
   * @returns {Verdict}
   */
  look(count, now) {
    const passed = now - this.#lookedAt;
    this.#lookedAt = now;
    if (count === undefined || count !== this.#count) {
      this.#count = count;
      this.#heardAt = now;
    } else if (passed > ASLEEP_MS || passed < 0) {
      this.#heardAt = now - PROBE_MS;
    }
    const silence = now - this.#heardAt;
    this.#isSilent = silence >= SILENT_MS;
    if (silence < PROBE_MS) return "fine";
    if (silence < DOUBT_MS) return "probe";
    if (!this.#isSilent) return "doubt";
    if (silence >= LOST_MS) return "lost";
    return this.#mayAsk(now) ? "ask" : "silent";
  }

  /** @param {number} now */
  #mayAsk(now) {
    const since = now - this.#askedAt;
    if (since >= CALM_MS) this.#nAsked = 0;
    const wait = this.#nAsked === 0 ? 0 : Math.min(MOST_WAIT_MS, 1_000 * 2 ** (this.#nAsked - 1));
    if (since < wait) return false;
    this.#nAsked += 1;
    this.#askedAt = now;
    return true;
  }
}
