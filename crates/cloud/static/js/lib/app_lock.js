// App lock: its state in this browser, and the checks of a PIN. It keeps out somebody who picks up an unlocked phone;
// it is no safe: with tools, a browser's storage can be read and changed.

/** @typedef {{minutes: number, salt: string, hash: string, rounds: number, passkey?: string}} LockRow */
/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Store */

const LOCK = "peerview.lock";
const LEFT = "peerview.lock.left";
const STATE = "peerview.lock.is";
const TRIES = "peerview.lock.tries";
/** Wrong tries that sign out. */
export const MOST_TRIES = 5;
export const MIN_DIGITS = 4;
export const MAX_DIGITS = 12;
/** Half a second on a phone (OWASP's number for PBKDF2 with SHA-256). */
const ROUNDS = 600_000;

/** @param {Uint8Array} bytes */
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
/** @param {string} text */
const bytesOf = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** @param {string} pin @param {string} salt @param {number} rounds */
async function hashOf(pin, salt, rounds) {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytesOf(salt), iterations: rounds };
  return hex(new Uint8Array(await crypto.subtle.deriveBits(how, key, 256)));
}

export class AppLock {
  #store;
  #rounds;
  #isProven = false;

  /** @param {Store} store @param {number} [rounds] */
  constructor(store, rounds = ROUNDS) {
    this.#store = store;
    this.#rounds = rounds;
  }

  /** What is kept, if the lock is on. @returns {LockRow | undefined} */
  get row() {
    try {
      return JSON.parse(this.#store.getItem(LOCK) ?? "null") ?? undefined;
    } catch {
      return undefined;
    }
  }

  /** No try is left: the lock screen signs out. */
  get isUsedUp() {
    return this.row !== undefined && Number(this.#store.getItem(TRIES)) >= MOST_TRIES;
  }

  /** @param {string} pin @param {number} minutes */
  async turnOn(pin, minutes) {
    const salt = hex(crypto.getRandomValues(new Uint8Array(16)));
    const row = { minutes, salt, hash: await hashOf(pin, salt, this.#rounds), rounds: this.#rounds };
    this.#keep(row);
    this.open();
  }

  /** Another time, or a passkey beside the PIN. @param {Partial<LockRow>} change @returns {boolean} False without the PIN. */
  change(change) {
    const { row } = this;
    if (!row || !this.#takeProof()) return false;
    this.#keep({ ...row, ...change });
    return true;
  }

  /** @returns {boolean} False without the PIN. */
  turnOff() {
    if (!this.#takeProof()) return false;
    for (const name of [LOCK, LEFT, STATE, TRIES]) this.#store.removeItem(name);
    return true;
  }

  /** The person is who they say: the page may be seen. */
  open() {
    this.#store.removeItem(TRIES);
    this.#store.removeItem(STATE);
    this.#store.setItem(LEFT, String(Date.now()));
  }

  /**
   * Tries a PIN. A try is counted before it is compared, so that a page that is closed meanwhile saves none.
   * @param {string} pin
   * @returns {Promise<number>} Wrong tries that are left; `Infinity` if it was right.
   */
  async try(pin) {
    const { row } = this;
    const tries = Number(this.#store.getItem(TRIES)) + 1;
    this.#store.setItem(TRIES, String(tries));
    // Whoever uses up the tries in the settings sees no other page either.
    if (tries >= MOST_TRIES) this.#store.setItem(STATE, "locked");
    if (tries > MOST_TRIES || !row) return 0;
    if ((await hashOf(pin, row.salt, row.rounds)) !== row.hash) return MOST_TRIES - tries;
    this.open();
    this.#isProven = true;
    return Number.POSITIVE_INFINITY;
  }

  /** Each change needs the right PIN just before: whoever picked up the open phone must not weaken the lock. */
  #takeProof() {
    const isProven = this.#isProven;
    this.#isProven = false;
    return isProven;
  }

  /** @param {LockRow} row */
  #keep(row) {
    this.#store.setItem(LOCK, JSON.stringify(row));
  }
}

/** Where to go after the lock: a page of this app, whatever somebody wrote behind the `#`. @param {string} hash @param {string} origin */
export function wayBack(hash, origin) {
  const page = hash.slice(1);
  if (!isPath(page)) return "/";
  const url = new URL(page, origin);
  // A path such as /.//host begins with two slashes once it is parsed.
  return url.origin === origin && isPath(url.pathname) && url.pathname !== "/locked" ? url.pathname + url.search : "/";
}

/** Two slashes begin the name of a host. @param {string} page */
function isPath(page) {
  return /^\/(?![/\\])/.test(page);
}
