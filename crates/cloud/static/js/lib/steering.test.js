// A camera moves while somebody holds a button, stops by itself, and a person without the right is told
// why.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeClock, settle } from "../../../../../tools/js/fakes.js";
import { RpcError } from "./rpc.js";
import { Steering, movementOf } from "./steering.js";

function make() {
  const clock = new FakeClock();
  /** @type {any[]} */
  const orders = [];
  /** @type {string[]} */
  const said = [];
  /** @type {{answer: (order: any) => Promise<any>}} */
  const world = { answer: async () => ({}) };
  const steering = new Steering({
    clock,
    me: "ana",
    ask: (order) => {
      orders.push(order);
      return world.answer(order);
    },
    onState: (state, words) => said.push(words ? `${state}: ${words}` : state),
  });
  /** From now on nothing is answered until a test does it. */
  const waits = () => {
    /** @type {((answer: any) => void)[]} */
    const answers = [];
    world.answer = () => new Promise((resolve) => answers.push(resolve));
    return answers;
  };
  return Object.assign(world, { clock, orders, said, steering, waits });
}

/** @type {import("./steering.js").Movement} */
const LEFT = { do: "move", pan: -60, tilt: 0 };
/** @type {import("./steering.js").Movement} */
const UP = { do: "move", pan: 0, tilt: 60 };

test("a held movement is renewed before it ends", async () => {
  const { clock, orders, steering } = make();

  steering.hold(LEFT);
  await settle();
  await clock.pass(1_100);

  assert.equal(orders.length, 5);
  assert.ok(orders.every((order) => order.do === "move" && order.pan === -60 && order.ms > 250 && order.ms <= 2_000));
  steering.release();
  await clock.pass(5_000);
  assert.deepEqual(orders.slice(5), [{ do: "stop" }]);
});

test("a tap moves the camera for a moment", async () => {
  const { clock, orders, said, steering } = make();

  steering.hold(LEFT);
  steering.release();
  steering.release();
  await clock.pass(249);
  assert.deepEqual(orders.map((order) => order.do), ["move"]);
  await clock.pass(5_000);

  assert.deepEqual(orders.map((order) => order.do), ["move", "stop"]);
  assert.deepEqual(said, ["moving", "idle"]);
});

test("no order is sent before the last one is answered", async () => {
  const { clock, orders, steering, waits } = make();
  const answers = waits();

  steering.hold(LEFT);
  await clock.pass(900);
  assert.equal(orders.length, 1);
  answers[0]?.({});
  await settle();
  assert.equal(orders.length, 2);

  // The next one lasts longer by the time that the answer took.
  assert.deepEqual(orders.map(({ ms }) => ms), [600, 1_500]);
  answers[1]?.({});
  await clock.pass(60_000);
  assert.ok(orders.every(({ ms }) => ms <= 2_000));
});

test("another direction is not sent more often than asked for", async () => {
  const { clock, orders, steering } = make();

  steering.hold(LEFT);
  await settle();
  for (let i = 0; i < 100; i += 1) {
    steering.hold({ ...LEFT, tilt: i });
    await clock.pass(10);
  }

  assert.ok(orders.length > 4 && orders.length <= 10, `${orders.length}`);
  assert.equal(orders.at(-1).tilt > 80, true);
});

test("somebody else who steers is named until they let go", async () => {
  const world = make();
  world.answer = async () => {
    throw new RpcError(409, "steered", { "peerview/steeredBy": { name: "ben", seconds: 4 } });
  };

  world.steering.hold(UP);
  await settle();
  await world.clock.pass(3_999);
  assert.deepEqual(world.said, ["moving", "trouble: ptz-steered"]);
  assert.deepEqual(world.orders.map((order) => order.do), ["move"]);
  await world.clock.pass(1);

  assert.equal(world.said.at(-1), "idle: ptz-free");
  world.answer = async () => ({});
  world.steering.hold(UP);
  await settle();
  assert.equal(world.orders.length, 2);
});

test("who steers is said before anybody tries", async () => {
  const { said, steering, orders } = make();

  steering.learn("ben");
  steering.learn("");
  steering.learn("ana");

  assert.deepEqual(said, ["idle: ptz-somebody", "idle: ptz-free", "idle: ptz-self"]);
  assert.deepEqual(orders, []);
});

test("a camera that somebody goes on steering is not called free", async () => {
  const world = make();
  world.answer = async () => {
    throw new RpcError(409, "steered", { "peerview/steeredBy": { name: "ben", seconds: 1 } });
  };

  world.steering.learn("ben");
  world.steering.hold(UP);
  await settle();
  await world.clock.pass(1_000);

  assert.deepEqual(world.said, ["idle: ptz-somebody", "moving", "trouble: ptz-steered", "idle: ptz-somebody"]);
});

test("whoever moves the camera is told of nobody else", async () => {
  const { said, steering } = make();

  steering.hold(LEFT);
  steering.learn("ben");

  assert.deepEqual(said, ["moving"]);
  steering.end();
});

test("a second window of the same person is told so", async () => {
  const world = make();
  world.answer = async () => {
    throw new RpcError(409, "steered", { "peerview/steeredBy": { name: "ana", seconds: 5 } });
  };

  world.steering.hold(UP);
  await settle();

  assert.equal(world.said.at(-1), "trouble: ptz-steered-self");
});

test("a lost connection ends the movement and says so", async () => {
  const world = make();
  world.steering.hold(UP);
  await settle();
  world.answer = async () => {
    throw new RpcError(1002, "lost");
  };

  await world.clock.pass(10_000);

  assert.deepEqual(world.said, ["moving", "trouble: panel-lost"]);
  assert.equal(world.orders.length, 2);
});

test("every refusal of an order says what to do", async () => {
  const world = make();
  for (const [code, words] of [[403, "ptz-forbidden"], [404, "reason-no-camera"], [429, "panel-busy"], [501, "panel-unsupported"], [502, "panel-refused"]]) {
    world.answer = async () => {
      throw new RpcError(Number(code), "no");
    };
    assert.equal(await world.steering.order({ do: "goto", preset: 1 }), undefined);
    assert.equal(world.said.at(-1), `trouble: ${words}`);
  }
});

test("a closed panel stops the camera and says nothing later", async () => {
  const world = make();
  world.steering.hold(UP);
  await settle();

  world.steering.end();
  await world.clock.pass(60_000);

  assert.deepEqual(world.orders.map((order) => order.do), ["move", "stop"]);
  assert.equal(world.clock.nTimers, 0);
});

test("a finger on the pad gives eight directions and a speed", () => {
  /** @type {[number, number][]} */
  const sides = [[1, 0], [1, -1], [0, -1], [-1, -1], [-1, 0], [-1, 1], [0, 1], [1, 1]];
  const found = sides.map(([x, y]) => movementOf(x * 84, y * 84, 84)).map((one) => one?.do === "move" && [one.pan, one.tilt]);

  assert.deepEqual(found, [[100, 0], [100, 100], [0, 100], [-100, 100], [-100, 0], [-100, -100], [0, -100], [100, -100]]);
  assert.equal(movementOf(5, 5, 84), undefined);
  assert.equal(movementOf(0, 0, 0), undefined);
  const slow = movementOf(20, 1, 84);
  assert.ok(slow?.do === "move" && slow.pan && slow.pan > 0 && slow.pan < 30 && Math.abs(slow.tilt ?? 1) === 0);
});
