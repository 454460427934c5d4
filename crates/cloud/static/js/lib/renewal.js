// Auto-login: a session's token lives a quarter of an hour, and this browser's key signs for the
// next one before that, so that nobody notices.

const DOMAIN = "peerview/renew/v1";
/** So long before its end a token is renewed. */
const EARLY_MS = 5 * 60_000;
/** With so little left, nothing is sent before the renewal. */
const LATE_MS = 30_000;
const LIFE_MS = 15 * 60_000;
const AGAIN_MS = 30_000;

/** @typedef {"renewed" | "refused" | "failed"} Outcome "failed": the cloud could not be reached. */
/** @typedef {{sign(text: string): Promise<string | undefined>}} Key */
/** @typedef {(path: string, init?: RequestInit) => Promise<Response>} Fetch */

export class Renewal {
  #fetch;
  #key;
  #now;
  #lock;
  #until;
  /** @type {Promise<Outcome> | undefined} */
  #running;

  /**
   * @param {object} parts
   * @param {Fetch} parts.fetch
   * @param {Key} parts.key
   * @param {() => number} parts.now Milliseconds.
   * @param {(act: () => Promise<Outcome>) => Promise<Outcome>} parts.lock Lets one tab of the browser at a time.
   * @param {number} parts.seconds The token is good for so long from here on.
   */
  constructor({ fetch, key, now, lock, seconds }) {
    this.#fetch = fetch;
    this.#key = key;
    this.#now = now;
    this.#lock = lock;
    this.#until = now() + seconds * 1000;
  }

  /** Whether it is time. */
  get isDue() {
    return this.#until - this.#now() <= EARLY_MS;
  }

  /** Whether what is sent now may come too late. */
  get isLate() {
    return this.#until - this.#now() <= LATE_MS;
  }

  /** Milliseconds until the next look, after `outcome` or from the start. @param {Outcome} [outcome] */
  waitMs(outcome) {
    if (outcome === "failed") return AGAIN_MS;
    return Math.max(1_000, this.#until - this.#now() - EARLY_MS);
  }

  /** Gets the next token; while that runs, whoever asks waits for the same. */
  renew() {
    this.#running ??= this.#lock(() => this.#renew()).finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** @returns {Promise<Outcome>} */
  async #renew() {
    try {
      const asked = await this.#fetch("/renewal", { headers: { accept: "application/json" } });
      if (!asked.ok) return verdict(asked);
      const { nonce } = await asked.json();
      const signature = await this.#key.sign(`${DOMAIN}\n${nonce}`);
      if (signature === undefined) return "refused";
      const body = new URLSearchParams({ nonce, signature });
      const answer = await this.#fetch("/renewal", { method: "POST", body });
      if (answer.ok) this.#until = this.#now() + LIFE_MS;
      return answer.ok ? "renewed" : verdict(answer);
    } catch {
      return "failed";
    }
  }
}

/** @param {Response} answer @returns {Outcome} */
function verdict({ status }) {
  return status === 401 ? "refused" : "failed";
}
