// Too many changes: each waits for its time, in its order.

import assert from "node:assert/strict";
import { test } from "node:test";

import { minutesOf, postPatiently } from "./patience.js";

const answer = (/** @type {number} */ status, after = "") => ({
  status,
  headers: new Headers(after ? { "retry-after": after } : {}),
});

test("a change that is one too many waits and is sent again", async () => {
  const answers = [answer(429, "421"), answer(429), answer(200)];
  /** @type {number[]} */
  const waits = [];

  const taken = await postPatiently(
    async () => answers.shift(),
    async (seconds) => void waits.push(seconds),
  );

  assert.equal(taken?.status, 200);
  assert.deepEqual(waits, [421, 60]);
});

test("other refusals and a missing network are not waited for", async () => {
  const never = () => assert.fail("nothing to wait for");

  assert.equal((await postPatiently(async () => answer(400), never))?.status, 400);
  assert.equal(await postPatiently(async () => undefined, never), undefined);
});

test("waits are said in whole minutes, one at least", () => {
  assert.deepEqual([0, 59, 60, 61, 600].map(minutesOf), [1, 1, 1, 2, 10]);
});
