// How much recording fits on a phone, and the text about it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { USUAL_RATES, bytesFor, mostThat, roomWords, secondsThatFit } from "./room.js";

test("the room of a phone is told in seconds of this camera", () => {
  assert.equal(secondsThatFit(1_008_000_000, USUAL_RATES.main), 2_000);
  assert.equal(secondsThatFit(1_008_000_000, 250_000), 4_000);
  assert.equal(secondsThatFit(100, 1_000), 0);
  assert.equal(secondsThatFit(bytesFor(30, 64_000), 64_000), 30);
});

test("the room is what a file may grow to", () => {
  const upTo = (/** @type {number} */ most) => (/** @type {number} */ bytes) => {
    if (bytes > most) throw new DOMException("no room", "QuotaExceededError");
  };

  assert.equal(mostThat(upTo(2_000), 1_000), 1_000);
  assert.equal(mostThat(upTo(-1), 1_000), 0);
  const most = mostThat(upTo(700_000), 1_000_000);
  assert.ok(most <= 700_000 && most > 690_000, String(most));
});

test("room is told in the unit that a person would choose", () => {
  assert.equal(roomWords(45, "en"), "45 seconds");
  assert.equal(roomWords(2_150, "en"), "35 minutes");
  assert.equal(roomWords(18_100, "de"), "5 Stunden");
});
