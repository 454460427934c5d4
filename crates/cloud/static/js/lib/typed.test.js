// Normalizing pasted codes.

import assert from "node:assert/strict";
import test from "node:test";

import { digits } from "./typed.js";

test("pasted digits are read in every script and spacing", () => {
  for (const typed of ["2641", " 2641 ", "26 41", "26\u00a041\n", "\ufeff26\u200b41", "26-41", "２６４１", "٢٦٤١", "۲۶۴۱", "२६४१", "𝟐𝟔𝟒𝟏"]) {
    assert.equal(digits(typed), "2641", JSON.stringify(typed));
  }
});

test("characters other than decimal digits are removed", () => {
  assert.equal(digits("a²Ⅳ①二"), "");
});
