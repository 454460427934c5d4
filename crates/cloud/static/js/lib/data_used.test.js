// Data used, by day, month and network, with damaged and hostile stored data.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addUsed, readUsed, spansOf } from "./data_used.js";

const SATURDAY = new Date(2026, 10, 28, 12);

test("bytes are kept by day, month and network", () => {
  let used = readUsed(null);
  used = addUsed(used, 1000, "wifi", SATURDAY);
  used = addUsed(readUsed(JSON.stringify(used)), 500, "mobile", SATURDAY);

  const { today, yesterday, month } = spansOf(used, SATURDAY);

  assert.deepEqual(today, { wifi: 1000, mobile: 500, unknown: 0 });
  assert.deepEqual(month, today);
  assert.deepEqual(yesterday, { wifi: 0, mobile: 0, unknown: 0 });
});

test("yesterday and the last month stay for a while", () => {
  let used = readUsed(null);
  for (const [month, day] of [[9, 31], [10, 30], [11, 1]]) used = addUsed(used, day ?? 0, "wifi", new Date(2026, month ?? 0, day));
  used = addUsed(used, 5, "wifi", new Date(2026, 11, 2));

  const spans = spansOf(used, new Date(2026, 11, 2));

  assert.deepEqual(Object.values(spans).map(({ wifi }) => wifi), [5, 1, 6, 30]);
  assert.deepEqual(Object.keys(used.months), ["2026-11", "2026-12"]);
});

test("two tabs that count at once lose nothing", () => {
  let kept = "";
  const add = (/** @type {number} */ bytes) => (kept = JSON.stringify(addUsed(readUsed(kept), bytes, "unknown", SATURDAY)));

  [1, 10, 2, 20].forEach(add);

  assert.equal(spansOf(readUsed(kept), SATURDAY).today.unknown, 33);
});

test("what was damaged counts as nothing", () => {
  const broken = ["", "{", "null", "[]", '{"days":3}', '{"days":{"2026-11-28":{"wifi":"x","mobile":-1,"unknown":1e99}}}', '{"days":{"<b>":{"wifi":1}}}'];

  for (const text of broken) {
    assert.deepEqual(spansOf(readUsed(text), SATURDAY).today, { wifi: 0, mobile: 0, unknown: 0 }, text);
  }
});

test("a clock that was wrong takes no room from the present", () => {
  let used = readUsed(null);
  for (const year of [2031, 2032, 2033]) used = addUsed(used, 1, "wifi", new Date(year, 0, 1));

  used = addUsed(used, 7, "wifi", SATURDAY);

  assert.equal(spansOf(readUsed(JSON.stringify(used)), SATURDAY).today.wifi, 7);
});
