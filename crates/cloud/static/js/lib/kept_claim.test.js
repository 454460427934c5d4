// Rules of a stored claim link.

import assert from "node:assert/strict";
import test from "node:test";

import { KeptClaim } from "./kept_claim.js";

const CLAIM = "PV-0123-4567-89ABZ:ABCDEF";

function kept() {
  /** @type {Map<string, string>} */
  const values = new Map();
  const tab = { values, now: 0 };
  const store = {
    getItem: (/** @type {string} */ key) => values.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void values.set(key, value),
    removeItem: (/** @type {string} */ key) => void values.delete(key),
  };
  return { tab, claim: new KeptClaim({ key: "claim", store: () => store, now: () => tab.now }) };
}

test("a claim link is taken once", () => {
  const { tab, claim } = kept();

  claim.keep(`#${CLAIM}`);

  assert.equal(claim.take(), CLAIM);
  assert.equal(claim.take(), undefined);
  assert.equal(tab.values.size, 0);
});

test("a claim link is forgotten after an hour", () => {
  const { tab, claim } = kept();
  claim.keep(CLAIM);

  tab.now = 3_600_000;

  assert.equal(claim.take(), undefined);
  assert.equal(tab.values.size, 0);
});

test("nothing but a claim link is kept or believed", () => {
  const { tab, claim } = kept();
  claim.keep("#token:12345");
  assert.equal(tab.values.size, 0);

  for (const foreign of ["", "{}", "null", '{"text":"<b>:x","until":9e15}', '{"text":7,"until":9e15}']) {
    tab.values.set("claim", foreign);
    assert.equal(claim.take(), undefined, foreign);
  }
});

test("a browser that keeps nothing loses only the link", () => {
  const refuses = () => {
    throw new Error("refused");
  };
  const claim = new KeptClaim({ key: "claim", store: refuses, now: () => 0 });

  claim.keep(CLAIM);

  assert.equal(claim.take(), undefined);
});
