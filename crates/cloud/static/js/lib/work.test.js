// The work of forms, and the hash below it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { Sha256 } from "./sha256.js";
import { PARTS, leadingZeros, solve } from "./work.js";

/** @param {string} text @returns {[number, number]} */
function expected(text) {
  const digest = createHash("sha256").update(text).digest();
  return [digest.readUInt32BE(0), digest.readUInt32BE(4)];
}

test("texts of every block length are hashed correctly", () => {
  for (const length of [1, 3, 40, 54, 55, 56, 57, 63, 64, 65, 100, 119, 120, 128, 200]) {
    const text = "a1:".repeat(100).slice(0, length);
    for (const number of [0, 7, 99, 1234567]) {
      assert.deepEqual(new Sha256(text).head(number), expected(`${text}${number}`), `${length}`);
    }
  }
});

test("every found number gives a hash with leading zeros", () => {
  const set = "67489a3.6.abcdefghijklmnopqrstuv.ABCDEFGHIJKLMNOPQRSTUV";

  const [text, ...numbers] = solve(set).split(":");

  assert.equal(text, set);
  assert.equal(numbers.length, PARTS);
  numbers.forEach((number, part) => {
    assert.ok(leadingZeros(expected(`${set}:${part}:${number}`)) >= 6, `${part}`);
  });
});

test("leading zeros are counted across both halves", () => {
  assert.equal(leadingZeros([0x80000000, 0]), 0);
  assert.equal(leadingZeros([1, 0]), 31);
  assert.equal(leadingZeros([0, 0x40000000]), 33);
});
