// Proof of work of a form: for each part a number that makes a hash begin with zeros. The same rule
// is in accounts/bot_check/proof_of_work.rs.

import { Sha256 } from "./sha256.js";

export const PARTS = 16;

/** Does the work that was set; the text to send. @param {string} set @returns {string} */
export function solve(set) {
  const bits = Number(set.split(".")[1]);
  const numbers = [];
  for (let part = 0; part < PARTS; part += 1) {
    const hash = new Sha256(`${set}:${part}:`);
    let number = 0;
    while (leadingZeros(hash.head(number)) < bits) number += 1;
    numbers.push(number);
  }
  return [set, ...numbers].join(":");
}

/** @param {[number, number]} head */
export function leadingZeros([high, low]) {
  return high === 0 ? 32 + Math.clz32(low) : Math.clz32(high);
}
