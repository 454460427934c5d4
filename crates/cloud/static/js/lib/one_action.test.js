// One press, one action.

import assert from "node:assert/strict";
import { test } from "node:test";

import { settle } from "../../../../../tools/js/fakes.js";
import { DOUBLE_TAP_MS, OneAction } from "./one_action.js";

function make() {
  /** @type {(() => void)[]} */
  const waiting = [];
  let n = 0;
  const act = () => {
    n += 1;
    return new Promise((resolve) => waiting.push(() => resolve(undefined)));
  };
  return { one: new OneAction(), act, n: () => n, end: () => waiting.shift()?.() };
}

test("the second tap of a double tap does nothing", async () => {
  const { one, act, n, end } = make();
  void one.run(act, 1_000);
  end();
  await settle();

  void one.run(act, 1_000 + DOUBLE_TAP_MS - 1);
  assert.equal(n(), 1);
  void one.run(act, 1_000 + DOUBLE_TAP_MS);
  assert.equal(n(), 2);
});

test("a press while the first is carried out does nothing", async () => {
  const { one, act, n, end } = make();
  void one.run(act, 0);

  void one.run(act, 60_000);
  assert.equal(n(), 1);
  end();
  await settle();
  void one.run(act, 60_001);
  assert.equal(n(), 2);
});

test("an action that fails leaves the button alive", async () => {
  const { one, act, n } = make();
  await assert.rejects(one.run(() => Promise.reject(new Error("lost")), 0));

  void one.run(act, 10_000);

  assert.equal(n(), 1);
});
