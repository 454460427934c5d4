// Signs of life of a path, in the words of each browser.

import assert from "node:assert/strict";
import { test } from "node:test";

import { receivedOf } from "./stats.js";

test("bytes of a data channel are a sign of life in Firefox", () => {
  const at = (/** @type {number} */ bytesReceived) =>
    receivedOf(new Map([["p", { type: "candidate-pair", selected: true, bytesReceived }]]));

  assert.notEqual(at(1_000), at(2_000));
});
