// Signs of life of a path, in the words of each browser.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pathReport, receivedOf } from "./stats.js";

test("bytes of a data channel are a sign of life in Firefox", () => {
  const at = (/** @type {number} */ bytesReceived) =>
    receivedOf(new Map([["p", { type: "candidate-pair", selected: true, bytesReceived }]]));

  assert.notEqual(at(1_000), at(2_000));
});

test("a receiver of pictures reports the path, else the connection does", async () => {
  const pair = [["p", { type: "candidate-pair", selected: true }]];
  const of = (/** @type {string} */ kind, /** @type {any} */ report) => ({ track: { kind }, getStats: async () => report });
  const [silent, flowing, whole] = [new Map(), new Map(/** @type {any} */ (pair)), new Map(/** @type {any} */ (pair))];
  const at = (/** @type {any[]} */ ...receivers) => pathReport({ getReceivers: () => receivers, getStats: async () => whole });

  assert.equal(await at(of("audio", silent), of("video", flowing)), flowing);
  assert.equal(await at(of("audio", silent), of("video", silent)), whole);
  assert.equal(await at(of("audio", silent)), whole);
});
