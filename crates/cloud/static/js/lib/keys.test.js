// Keyboard navigation: within a page, to the next one, and at the ends.

import assert from "node:assert/strict";
import { test } from "node:test";

import { moved } from "./keys.js";

const page = (/** @type {number} */ number) => ({ perPage: 9, page: number, enlarged: undefined });

test("arrows move the selection within the page", () => {
  const to = (/** @type {string} */ key, from = 4) => moved(page(0), from, 20, 3, key)?.selected;

  assert.deepEqual(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].map((key) => to(key)), [3, 5, 1, 7]);
  assert.deepEqual([to("Home"), to("End")], [0, 8]);
  assert.deepEqual([to("ArrowUp", 1), to("ArrowDown", 8), to("ArrowLeft", 0), to("x")], Array(4).fill(undefined));
});

test("arrows at its ends and page keys change the page", () => {
  assert.deepEqual(moved(page(0), 8, 20, 3, "ArrowRight"), { view: page(1), selected: 9 });
  assert.deepEqual(moved(page(1), 9, 20, 3, "ArrowLeft"), { view: page(0), selected: 8 });
  assert.deepEqual(moved(page(1), 13, 20, 3, "PageDown"), { view: page(2), selected: 19 });
  assert.deepEqual(moved(page(2), 19, 20, 3, "PageUp"), { view: page(1), selected: 10 });
  assert.equal(moved(page(2), 19, 20, 3, "ArrowRight"), undefined);
  // The last row is short: there is nothing below the tile on its right.
  assert.equal(moved(page(2), 18, 20, 3, "ArrowDown"), undefined);
});

test("keys step through enlarged tiles", () => {
  const view = { ...page(0), enlarged: 8 };

  assert.deepEqual(moved(view, 8, 20, 1, "ArrowRight"), { view: { ...view, enlarged: 9 }, selected: 9 });
  assert.equal(moved({ ...view, enlarged: 0 }, 0, 20, 1, "PageUp"), undefined);
  assert.equal(moved(view, 8, 20, 1, "ArrowUp"), undefined);
});
