// How many guesses a password takes, in the manner of zxcvbn (Wheeler, USENIX Security 2016): the
// cheapest way to build it from common words, repeats, runs and rows of keys, else letter by letter.
// It advises; what is refused is decided by the cloud.

import { commonWords } from "./common_words.js";

const ROWS = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "1234567890"];
/** Guesses for a character that nothing explains, as a power of ten. */
const BY_LETTER = 1;
/** Powers of ten from which on the next level begins. */
const LEVELS = [4, 7, 10, 13];

/** 0, very easy to guess, to 4. @param {string} password @param {string[]} [ownWords] */
export function strength(password, ownWords = []) {
  const power = guesses(password.slice(0, 128), ownWords);
  return LEVELS.filter((level) => power >= level).length;
}

/** As a power of ten. @param {string} password @param {string[]} ownWords @returns {number} */
export function guesses(password, ownWords) {
  const characters = Array.from(plain(password));
  const words = [...ownWords.map(plain).filter((word) => word.length > 2), ...commonWords];
  /** By length of what is built; shorter ones are there first. @type {Record<number, any>} */
  const cheapest = [0];
  for (let end = 1; end <= characters.length; end += 1) {
    cheapest[end] = cheapest[end - 1] + BY_LETTER;
    for (let start = Math.max(0, end - 40); start < end; start += 1) {
      const part = characters.slice(start, end).join("");
      const cost = partCost(part, words);
      if (cost !== undefined) {
        cheapest[end] = Math.min(cheapest[end], cheapest[start] + cost + Math.log10(2));
      }
    }
  }
  return cheapest[characters.length];
}

/** @param {string} part @param {string[]} words */
function partCost(part, words) {
  const place = words.indexOf(part);
  if (place >= 0) return Math.log10(place + 2);
  if (part.length < 3) return undefined;
  if (/^(19|20)\d\d$/.test(part)) return 2;
  if (isRepeat(part)) return 1.3 + Math.log10(part.length);
  if (isRun(part) || isKeys(part)) return 1.5 + Math.log10(part.length);
  return undefined;
}

/** @param {string} part */
function isRepeat(part) {
  for (let period = 1; period <= 4 && period * 2 <= part.length; period += 1) {
    if (part.startsWith(part.slice(period))) return true;
  }
  return false;
}

/** @param {string} part */
function isRun(part) {
  const step = part.charCodeAt(1) - part.charCodeAt(0);
  if (Math.abs(step) !== 1) return false;
  for (let i = 2; i < part.length; i += 1) {
    if (part.charCodeAt(i) - part.charCodeAt(i - 1) !== step) return false;
  }
  return true;
}

/** @param {string} part */
function isKeys(part) {
  const backwards = Array.from(part).reverse().join("");
  return ROWS.some((row) => row.includes(part) || row.includes(backwards));
}

/** Lower case, and letters for the signs that stand for them. @param {string} text */
function plain(text) {
  const signs = { "@": "a", "4": "a", "3": "e", "0": "o", $: "s", "5": "s" };
  const letters = (/** @type {string} */ c) => signs[/** @type {keyof typeof signs} */ (c)] ?? c;
  const lower = text.normalize("NFC").toLowerCase();
  return /[a-z]/.test(lower) ? lower.replace(/(?<=[a-z])[@430$5]|[@430$5](?=[a-z])/g, letters) : lower;
}
