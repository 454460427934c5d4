// Whoever else uses a camera is named while the panel is open.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeClock, settle } from "../../../../../tools/js/fakes.js";
import { OtherUser } from "./other_user.js";
import { LOST, RpcError } from "./rpc.js";

/** @param {() => any} [answer] */
function make(answer = () => ({})) {
  const clock = new FakeClock();
  /** @type {string[]} */
  const said = [];
  const world = { clock, said, n: 0, isShown: true, answer };
  const other = new OtherUser({
    clock,
    ask: async () => {
      world.n += 1;
      return world.answer();
    },
    pick: (uses) => uses.steeredBy,
    isShown: () => world.isShown,
    onChange: (name) => said.push(name),
  });
  return Object.assign(world, { other });
}

test("a change of who uses a camera is told once", async () => {
  const world = make();
  world.answer = () => ({ steeredBy: { name: "ben", seconds: 4 } });

  await settle();
  await world.clock.pass(3_000);
  world.answer = () => ({});
  await world.clock.pass(2_000);

  assert.deepEqual(world.said, ["ben", ""]);
});

test("nothing is asked while nobody looks, or after the end", async () => {
  const world = make();
  await settle();
  assert.equal(world.n, 1);

  world.isShown = false;
  await world.clock.pass(5_000);
  assert.equal(world.n, 1);
  world.isShown = true;
  await world.clock.pass(1_000);
  assert.equal(world.n, 2);

  world.other.end();
  await world.clock.pass(5_000);
  assert.equal(world.n, 2);
});

test("an agent that does not know the question is asked once", async () => {
  const world = make(() => {
    throw new RpcError(-32601, "no such method");
  });

  await settle();
  await world.clock.pass(5_000);

  assert.equal(world.n, 1);
});

test("after a lost connection it is asked again", async () => {
  const world = make(() => {
    throw new RpcError(LOST, "lost");
  });

  await settle();
  await world.clock.pass(2_000);
  world.answer = () => ({ steeredBy: { name: "ben" } });
  await world.clock.pass(1_000);

  assert.deepEqual(world.said, ["ben"]);
});
