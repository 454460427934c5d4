// How numbers and times are written: in the language of the page, as the region of this browser does it.

import { language } from "./texts.js";

/** A locale of the page's language. */
export const region = chosen(language, globalThis.navigator?.languages ?? []);

/** @param {string} wanted @param {readonly string[]} preferred What the browser prefers, best first. */
export function chosen(wanted, preferred) {
  return preferred.find((one) => one === wanted || one.startsWith(`${wanted}-`)) ?? wanted;
}
