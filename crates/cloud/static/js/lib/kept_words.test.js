// Texts for stored pictures and videos: days, lengths, sizes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { byDay, dayWords, lengthWords, sizeWords, timeWords } from "./kept_words.js";
import { chosen } from "./region.js";

/** @import {KeptItem} from "./kept.js" */

const NOON = new Date(2026, 10, 28, 12, 0, 0);

test("items are listed by the day on which they were taken here", () => {
  const at = (/** @type {number} */ day, /** @type {number} */ hour) => new Date(2026, 10, day, hour).getTime();
  const items = [at(28, 23), at(28, 0), at(27, 23)].map((one) => /** @type {KeptItem} */ ({ at: one }));

  assert.deepEqual(byDay(items).map(({ day, items: all }) => [day.getDate(), all.length]), [[28, 2], [27, 1]]);
});

test("a day is told as today, yesterday or its date", () => {
  assert.equal(dayWords(NOON, NOON, "en"), "Today");
  assert.equal(dayWords(new Date(2026, 10, 27, 23), NOON, "de"), "Gestern");
  assert.match(dayWords(new Date(2026, 10, 21), NOON, "en-GB"), /^Saturday,? 21 November 2026$/);
});

test("times and sizes are written as the region does it", () => {
  assert.equal(timeWords(NOON.getTime(), "en-GB"), "12:00:00");
  assert.match(timeWords(NOON.getTime(), "en-US"), /12:00:00\sPM/);
  assert.equal(sizeWords(1_440_000, "de"), "1,4 MB");
  assert.equal(sizeWords(999, "en"), "999 byte");
  assert.equal(sizeWords(123_000_000_000, "en"), "123 GB");
  assert.equal(chosen("en", ["de-CH", "en-GB", "en"]), "en-GB");
  assert.equal(chosen("fr", ["de-CH"]), "fr");
});

test("a length has hours only where there are any", () => {
  assert.equal(lengthWords(42_900), "0:42");
  assert.equal(lengthWords(7_200_000), "2:00:00");
});
