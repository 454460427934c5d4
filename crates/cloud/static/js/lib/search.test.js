// Rules of what a search finds.

import assert from "node:assert/strict";
import test from "node:test";

import { fold, holds } from "./search.js";

test("a search ignores accents, case and width", () => {
  for (const [typed, name] of [
    ["uberhof", "Überhof"],
    ["CAMARA", "Cámara 3"],
    ["strasse", "Hauptstraße"],
    ["door", "Ｄｏｏｒ"],
    ["istanbul", "İstanbul"],
    ["入口", "停车场入口"],
    ["sud lager", "Lager · Eingang Süd"],
    ["strasse CAFE", "Café · Straße"],
    ["kobenhavn lodz", "Łódź · København"],
    [" ", "anything"],
  ]) {
    assert.ok(holds(fold(typed ?? ""), name ?? ""), `${typed} in ${name}`);
  }
});

test("a search finds words in any order and nothing else", () => {
  assert.ok(holds(fold("door back"), "Back door"));
  assert.ok(holds("", "Back door"));
  assert.ok(!holds(fold("door front"), "Back door"));
  assert.ok(!holds(fold("lager tor"), "Lager · Eingang"));
});
