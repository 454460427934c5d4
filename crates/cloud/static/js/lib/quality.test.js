// Which quality applies, what is requested, and the text about it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { choiceName, networkOf, qualityOf, wishOf } from "./quality.js";
import { chosenWords, isSettled, noteWords, pixelWords } from "./quality_words.js";
import { texts } from "./texts.js";

Object.assign(texts, {
  "quality-balanced": "Balanced",
  "quality-chosen": [{ arg: "name" }, ": ", { arg: "size" }, "."],
  "quality-nothing-between": "Nothing between.",
});

/** @param {Partial<import("./control.js").Slot>} more @returns {import("./control.js").Slot} */
const slot = (more) => ({ slot: 0, camera: "1", stream: "balanced", state: "playing", width: 640, height: 360, ...more });

test("mobile data and a data saver have a choice of their own", () => {
  const names = [{ type: "cellular" }, { type: "wifi", saveData: true }, { type: "wifi" }, { type: "none" }, undefined].map(choiceName);

  assert.deepEqual(names, ["quality.mobile", "quality.mobile", "quality", "quality", "quality"]);
  assert.deepEqual([{ type: "cellular" }, { type: "ethernet" }, { saveData: true }, {}].map(networkOf), ["mobile", "wifi", "unknown", "unknown"]);
});

test("a choice that nobody knows is Auto", () => {
  assert.deepEqual([null, "", "best", "fluent"].map(qualityOf), ["auto", "auto", "auto", "fluent"]);
});

test("Auto asks for the small picture in a tile only", () => {
  assert.equal(wishOf("auto", false), "sub");
  assert.equal(wishOf("auto", true), "auto");
  assert.equal(wishOf("clear", false), "clear");
});

test("somebody who chose is told what is sent and why", () => {
  const words = chosenWords("balanced", slot({ note: "nothing-between", sent: "sub" }));

  assert.equal(words, "Balanced: 640\u00a0×\u00a0360. Nothing between.");
});

test("Auto says why an enlarged picture is small", () => {
  assert.equal(noteWords("auto", slot({ stream: "auto", sent: "sub" })), "quality-by-path");
  assert.equal(noteWords("auto", slot({ stream: "auto", sent: "main" })), "");
  assert.equal(noteWords("auto", slot({ stream: "sub" })), "quality-in-tile");
  assert.equal(noteWords("clear", slot({ note: "<b>" })), "");
});

test("words wait for the stream that was chosen", () => {
  assert.equal(isSettled(slot({ stream: "sub" }), "balanced"), false);
  assert.equal(isSettled(slot({ state: "waiting" }), "balanced"), false);
  assert.equal(isSettled(undefined, "balanced"), false);
  assert.equal(isSettled(slot({}), "balanced"), true);
});

test("a size is a pair of numbers or nothing", () => {
  assert.equal(pixelWords("<b>", 360), "");
  assert.equal(pixelWords(640, undefined), "");
});
