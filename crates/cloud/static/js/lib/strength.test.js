// How strong a password looks to the page.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { commonWords } from "./common_words.js";
import { strength } from "./strength.js";

test("common words, repeats, sequences and keyboard rows are weak", () => {
  for (const weak of ["password1234", "P@ssw0rd2024", "aaaaaaaaaaaa", "abcdefghijkl", "qwertyuiop12", "111111111111"]) {
    assert.ok(strength(weak) <= 1, `${weak}: ${strength(weak)}`);
  }
});

test("personal words count as common words", () => {
  assert.ok(strength("annamariaberg", ["annamariaberg"]) <= 1);
  assert.ok(strength("annamariaberg") > 1);
});

test("long phrases and random letters are strong", () => {
  for (const strong of ["gate lamp river moon", "Wq8-kTr2-vBn5", "кошка у окна спит", "😀🐟🚲🌧🎈🧭🪴🔭🛶🧵🥁🪁"]) {
    assert.ok(strength(strong) >= 3, strong);
  }
});

test("a very long password is measured quickly", () => {
  const begun = performance.now();
  strength("x1y2".repeat(10_000));
  assert.ok(performance.now() - begun < 2_000);
});

test("the word list matches the words the cloud refuses", () => {
  const list = readFileSync(new URL("../../../src/accounts/password/common_passwords.txt", import.meta.url), "utf8");
  const lines = list.split("\n").filter((line) => line && !line.startsWith("#"));

  assert.deepEqual(commonWords, lines);
});
