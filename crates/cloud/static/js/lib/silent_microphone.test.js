// When a person is asked whether the microphone is muted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SilentMicrophone } from "./silent_microphone.js";

/** What it says of these levels, one each 100 ms. @param {SilentMicrophone} microphone @param {number[]} levels @param {number} from */
const says = (microphone, levels, from) => levels.map((level, at) => microphone.take(level, from + at * 100));

test("a microphone that is silent for seconds seems muted", () => {
  const microphone = new SilentMicrophone();

  const said = says(microphone, Array(50).fill(0), 10_000);

  assert.equal(said.indexOf(true), 38);
  assert.equal(said.at(-1), true);
});

test("a microphone that is heard again does not seem muted", () => {
  const microphone = new SilentMicrophone();
  says(microphone, Array(50).fill(0), 0);

  assert.equal(microphone.take(0.5, 5_000), false);
  assert.equal(microphone.take(0, 5_100), false);
});

test("a page that was too busy to listen heard no silence", () => {
  const microphone = new SilentMicrophone();
  microphone.take(0.5, 0);

  assert.equal(microphone.take(0, 9_000), false);
});

test("a new talk begins without the silence of the last one", () => {
  const microphone = new SilentMicrophone();
  says(microphone, Array(50).fill(0), 0);

  microphone.reset();

  assert.equal(microphone.take(0, 5_100), false);
});
