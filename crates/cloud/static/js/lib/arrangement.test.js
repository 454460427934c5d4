// An arrangement is stored as the person left it, and invalid stored data is ignored.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FAVOURITES, chosen, readArrangement } from "./arrangement.js";
import { keyOf, listedCameras } from "./cameras.js";
import { setOfView, starred, swapped, withView, withoutView } from "./rearranging.js";

const all = listedCameras(JSON.stringify([["A", "Home", [["1", "Gate"], ["2", "Yard"], ["3", "Hall"]]], ["B", "Shop", [["1", "Till"]]]]));
const empty = readArrangement(null);
/** @param {import("./arrangement.js").Arrangement} arrangement @param {string} [set] */
const seen = (arrangement, set = "") => chosen(all, arrangement, set).map(keyOf);

test("swapped cameras stay swapped, and new ones come last", () => {
  const after = swapped(all, empty, "", "A/1", "B/1");

  assert.deepEqual(seen(after), ["B/1", "A/2", "A/3", "A/1"]);
  const more = [...listedCameras(JSON.stringify([["A", "Home", [["9", "New"]]]])), ...all];
  assert.deepEqual(chosen(more, after, "").map(keyOf).at(-1), "A/9");
});

test("favourites are what one starred, in the order of all", () => {
  const after = starred(starred(empty, "B/1"), "A/2");

  assert.deepEqual(seen(after, FAVOURITES), ["A/2", "B/1"]);
  assert.deepEqual(seen(starred(after, "B/1"), FAVOURITES), ["A/2"]);
});

test("a saved view keeps its own cameras and order", () => {
  const saved = withView(empty, { name: " Night ", layout: 9, cameras: ["B/1", "A/1", "C/7"] });
  const set = setOfView("Night");

  assert.deepEqual(seen(saved, set), ["B/1", "A/1"]);
  const after = swapped(all, saved, set, "B/1", "A/1");
  assert.deepEqual([seen(after, set), seen(after)], [["A/1", "B/1"], all.map(keyOf)]);
  assert.equal(withView(after, { name: "Night", layout: 4, cameras: [] }).views.length, 1);
  assert.deepEqual(withoutView(after, "Night").views, []);
  assert.equal(withView(empty, { name: "  ", layout: 4, cameras: [] }), empty);
});

test("a broken store is an empty arrangement", () => {
  for (const stored of ["", "null", "[1]", "{", '{"order":7,"favourites":{},"views":[null,{"name":""},{"cameras":[]}]}']) {
    assert.deepEqual(readArrangement(stored), empty, stored);
  }
  const kept = readArrangement(JSON.stringify({ views: [{ name: "x".repeat(500), layout: "9", cameras: ["A/1", 7, "A/1"] }] }));
  assert.deepEqual(kept.views, [{ name: "x".repeat(40), layout: 9, cameras: ["A/1"] }]);
});
