// The view in the address: what is written is read again, and nonsense shows the usual view.

import assert from "node:assert/strict";
import { test } from "node:test";

import { listedCameras, slotsBySerial } from "./cameras.js";
import { asksForView, searchOf, viewOf } from "./view_address.js";

const LAYOUTS = [1, 4, 9, 16];
const cameras = listedCameras(
  JSON.stringify([
    ["A", "Home", [["1", "Gate"], ["2", "Yard"]]],
    ["B", "Shop", Array.from({ length: 20 }, (_, i) => [`${i + 1}`, `Till ${i + 1}`])],
  ]),
);

test("a view in the address is read as it was written", () => {
  for (const view of [
    { perPage: 9, page: 2, enlarged: undefined },
    { perPage: 4, page: 0, enlarged: 7 },
    { perPage: 16, page: 1, enlarged: 21 },
  ]) {
    assert.deepEqual(viewOf(searchOf("?path=relay", view, cameras), cameras, LAYOUTS), view);
  }
  assert.equal(searchOf("?layout=9&page=2&path=relay", { perPage: 4, page: 0, enlarged: undefined }, cameras), "?path=relay");
});

test("an address that asks for nothing sensible shows the usual view", () => {
  const usual = { perPage: 4, page: 0, enlarged: undefined };

  for (const search of ["", "?layout=5", "?layout=x&page=-3", "?page=0", "?camera=A%2F9", "?page=NaN"]) {
    assert.deepEqual(viewOf(search, cameras, LAYOUTS), usual, search);
  }
  assert.equal(viewOf("?page=1e9&layout=9", cameras, LAYOUTS).page, 2);
  assert.ok(!asksForView("?path=relay"));
  assert.ok(asksForView("?camera=A%2F1"));
});

test("a recorder gets as many slots as it has cameras", () => {
  assert.deepEqual(slotsBySerial(cameras, 16), new Map([["A", 2], ["B", 16]]));
  assert.deepEqual(cameras[2], { serial: "B", camera: "1", recorder: "Shop", own: "Till 1", name: "Shop · Till 1" });
});
