// Formats numbers and times: in the language of the page, with the conventions of this browser's region.

import { language } from "./texts.js";

/** A locale of the page's language. */
export const region = chosen(language, globalThis.navigator?.languages ?? []);

/** @param {string} wanted @param {readonly string[]} preferred What the browser prefers, best first. */
export function chosen(wanted, preferred) {
  return preferred.find((one) => one === wanted || one.startsWith(`${wanted}-`)) ?? wanted;
}
