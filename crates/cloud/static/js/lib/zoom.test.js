// Digital zoom: what is under the finger stays there, and the picture fills its frame.

import assert from "node:assert/strict";
import { test } from "node:test";

import { WHOLE, panned, zoomedAt } from "./zoom.js";

test("what is under the finger stays there", () => {
  const zoom = zoomedAt(zoomedAt(WHOLE, 2, 0.25, -0.25), 1.5, 0.25, -0.25);

  assert.equal(zoom.scale, 3);
  // The part of the picture at this place, before and after.
  assert.equal((0.25 - zoom.x) / zoom.scale, 0.25);
  assert.equal((-0.25 - zoom.y) / zoom.scale, -0.25);
});

test("a zoomed picture always fills its frame", () => {
  const zoom = zoomedAt(WHOLE, 2, 0, 0);

  assert.deepEqual(panned(zoom, 9, -9), { scale: 2, x: 0.5, y: -0.5 });
  assert.deepEqual(zoomedAt(panned(zoom, 9, 9), 0.01, 0.4, 0.4), WHOLE);
  assert.equal(zoomedAt(WHOLE, 1e9, 0, 0).scale, 8);
});
