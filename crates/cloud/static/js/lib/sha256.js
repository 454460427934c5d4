// SHA-256 (FIPS 180-4) of a short ASCII text with a number behind it, many numbers one after the
// other: WebCrypto takes longer to be asked than to hash (measured: 10 times).

/**
 * Numbers that are there wherever this file looks: indexes are counted, never read from outside.
 * @typedef {Record<number, any>} Numbers
 */

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const K = /** @type {Numbers} */ (constants(64, Math.cbrt));
/** The same of the square roots of the first eight. */
const START = constants(8, Math.sqrt);
/** Digits of a number that a text has room for. */
const MOST_DIGITS = 16;

/** @param {number} count @param {(n: number) => number} root */
function constants(count, root) {
  const found = new Int32Array(count);
  for (let n = 2, i = 0; i < count; n += 1) {
    if (!isPrime(n)) continue;
    found[i] = Math.floor((root(n) % 1) * 2 ** 32) | 0;
    i += 1;
  }
  return found;
}

/** @param {number} n */
function isPrime(n) {
  for (let d = 2; d * d <= n; d += 1) if (n % d === 0) return false;
  return true;
}

export class Sha256 {
  #bytes;
  #length;
  #words = new Int32Array(64);
  /** The hash after the blocks that no number reaches. */
  #before = Int32Array.from(START);
  #hash = new Int32Array(8);
  #whole;

  /** @param {string} text */
  constructor(text) {
    this.#length = text.length;
    this.#bytes = new Uint8Array(((text.length + MOST_DIGITS + 72) >> 6) << 6);
    for (let i = 0; i < text.length; i += 1) this.#bytes[i] = text.charCodeAt(i);
    this.#whole = text.length >> 6;
    this.#hash.set(START);
    for (let block = 0; block < this.#whole; block += 1) this.#compress(block);
    this.#before.set(this.#hash);
  }

  /** The first eight bytes of the hash, as two unsigned numbers. @param {number} number */
  head(number) {
    const digits = String(number);
    const end = this.#length + digits.length;
    for (let i = 0; i < digits.length; i += 1) this.#bytes[this.#length + i] = digits.charCodeAt(i);
    const blocks = (end + 9 + 63) >> 6;
    this.#bytes.fill(0, end);
    this.#bytes[end] = 0x80;
    const bits = end * 8;
    this.#bytes[blocks * 64 - 2] = bits >> 8;
    this.#bytes[blocks * 64 - 1] = bits & 0xff;
    this.#hash.set(this.#before);
    for (let block = this.#whole; block < blocks; block += 1) this.#compress(block);
    const hash = /** @type {Numbers} */ (this.#hash);
    return /** @type {[number, number]} */ ([hash[0] >>> 0, hash[1] >>> 0]);
  }

  /** @param {number} block */
  #compress(block) {
    const words = this.#words;
    const bytes = /** @type {Numbers} */ (this.#bytes);
    for (let i = 0; i < 16; i += 1) {
      const at = block * 64 + i * 4;
      words[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    mix(words, this.#hash);
  }
}

/** @param {Numbers} words @param {Numbers} hash */
function mix(words, hash) {
  for (let i = 16; i < 64; i += 1) {
    const x = words[i - 15];
    const y = words[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
  }
  let a = hash[0];
  let b = hash[1];
  let c = hash[2];
  let d = hash[3];
  let e = hash[4];
  let f = hash[5];
  let g = hash[6];
  let h = hash[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + words[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  hash[0] += a;
  hash[1] += b;
  hash[2] += c;
  hash[3] += d;
  hash[4] += e;
  hash[5] += f;
  hash[6] += g;
  hash[7] += h;
}
