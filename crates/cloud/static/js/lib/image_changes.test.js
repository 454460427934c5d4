// Changing a camera's image: what is shown when orders wait, fail, or have no answer.

import assert from "node:assert/strict";
import { test } from "node:test";

import { settle } from "../../../../../tools/js/fakes.js";
import { ImageChanges } from "./image_changes.js";
import { LOST, RpcError } from "./rpc.js";

/** A camera that answers when it is told to. @param {Record<string, unknown>} has */
function camera(has) {
  /** @type {{method: string, params: any, answer: (error?: RpcError) => Promise<void>}[]} */
  const asked = [];
  /** @type {unknown[]} */
  const did = [];
  const changes = new ImageChanges({
    ask: (method, params) =>
      new Promise((resolve, reject) => {
        const answer = async (/** @type {RpcError | undefined} */ error) => {
          if (!error) Object.assign(has, params);
          if (error) reject(error);
          else resolve({ ...has });
          await settle();
        };
        asked.push({ method, params, answer });
      }),
    onSettings: (settings) => did.push(settings),
    tell: (words, isTrouble) => did.push(isTrouble ? `trouble: ${words}` : words),
  });
  const next = () => /** @type {(typeof asked)[0]} */ (asked.shift());
  const done = () => did.splice(0);
  return { changes, has, asked, next, done };
}

/** @param {ReturnType<typeof camera>} world */
async function known(world) {
  void world.changes.read();
  await world.next().answer();
  world.done();
}

test("what is moved meanwhile follows, and the camera has the last word", async () => {
  const world = camera({ brightness: 50, contrast: 50 });
  await known(world);

  void world.changes.change("brightness", 60);
  void world.changes.change("brightness", 70);
  void world.changes.change("contrast", 10);
  assert.equal(world.asked.length, 1);
  await world.next().answer();
  assert.deepEqual(world.asked.map(({ params }) => params), [{ brightness: 70, contrast: 10 }]);
  world.has.sharpness = 3;
  await world.next().answer();

  const shown = { brightness: 70, contrast: 10, sharpness: 3 };
  assert.deepEqual(world.done(), ["image-changing", "image-changing", "image-changed", shown]);
});

test("a refused change returns to what the camera has", async () => {
  const world = camera({ brightness: 50, contrast: 50 });
  await known(world);

  void world.changes.change("brightness", 60);
  void world.changes.change("contrast", 90);
  await world.next().answer(new RpcError(403, "no"));
  // Somebody else has changed it, or a part was done.
  world.has.brightness = 55;
  assert.deepEqual(world.done(), ["image-changing", { brightness: 50, contrast: 50 }, "trouble: image-forbidden"]);
  await world.next().answer();

  assert.deepEqual(world.done(), [{ brightness: 55, contrast: 50 }]);
  assert.equal(world.asked.length, 0);
  void world.changes.check();
  assert.equal(world.asked.length, 0);
});

test("a change while the truth is asked for is not lost", async () => {
  const world = camera({ brightness: 50 });
  await known(world);
  void world.changes.change("brightness", 60);
  await world.next().answer(new RpcError(408, "slow"));

  void world.changes.change("brightness", 65);
  await world.next().answer();
  await world.next().answer();

  const told = world.done();
  assert.deepEqual(told.slice(-2), ["image-changed", { brightness: 65 }]);
  assert.deepEqual(told.filter((one) => one === "trouble: panel-no-answer").length, 1);
});

test("after an outage the camera is asked what it has", async () => {
  const world = camera({ brightness: 50 });
  await known(world);
  void world.changes.change("brightness", 60);
  await world.next().answer(new RpcError(1002, "lost"));
  await world.next().answer(new RpcError(1002, "lost"));
  assert.deepEqual(world.done(), ["image-changing", { brightness: 50 }, "trouble: panel-lost"]);

  void world.changes.check();
  await world.next().answer(new RpcError(1002, "lost"));
  assert.deepEqual(world.done(), ["trouble: panel-lost"]);
  // The order was carried out; only its answer was lost.
  world.has.brightness = 60;
  void world.changes.check();
  await world.next().answer();

  assert.deepEqual(world.done(), ["", { brightness: 60 }]);
});

test("an order lost with its connection is told until that is back", async () => {
  const world = camera({ brightness: 50 });
  await known(world);
  void world.changes.change("brightness", 60);

  await world.next().answer(new RpcError(LOST, "the connection is over"));
  assert.deepEqual(world.done(), ["image-changing", { brightness: 50 }, "trouble: panel-lost"]);
  await world.next().answer();

  assert.deepEqual(world.done(), ["", { brightness: 50 }]);
});
