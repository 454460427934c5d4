// A camera's abilities are requested until it answers, for the selected camera only.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeClock, settle } from "../../../../../tools/js/fakes.js";
import { Abilities, isAble } from "./abilities.js";

function make() {
  const clock = new FakeClock();
  /** @type {string[]} */
  const asked = [];
  const world = { answer: /** @type {() => Promise<any>} */ (async () => ({ zoom: true })), nChanges: 0 };
  const abilities = new Abilities({
    clock,
    ask: ({ serial, camera }) => (asked.push(`${serial}/${camera}`), world.answer()),
    onChange: () => (world.nChanges += 1),
  });
  return Object.assign(world, { abilities, asked, clock });
}

test("a camera is asked once what it can do", async () => {
  const { abilities, asked } = make();

  abilities.want({ serial: "A", camera: "1" });
  abilities.want({ serial: "A", camera: "1" });
  await settle();
  abilities.want({ serial: "A", camera: "2" });
  await settle();
  abilities.want({ serial: "A", camera: "1" });
  await settle();

  assert.deepEqual(asked, ["A/1", "A/2"]);
  assert.deepEqual(abilities.can, { zoom: true });
});

test("a camera that does not answer is asked again ever later", async () => {
  const world = make();
  const refusal = new Error("not now");
  world.answer = async () => {
    throw refusal;
  };

  world.abilities.want({ serial: "A", camera: "1" });
  await settle();
  await world.clock.pass(600_000);
  assert.ok(world.asked.length > 5 && world.asked.length < 60, `${world.asked.length}`);
  assert.equal(world.abilities.error, refusal);
  assert.equal(world.abilities.can, undefined);

  world.answer = async () => ({ image: true });
  world.abilities.want({ serial: "A", camera: "1" });
  await settle();
  assert.deepEqual([world.abilities.can, world.abilities.error], [{ image: true }, undefined]);
  assert.equal(world.clock.nTimers, 0);
});

test("the answer for a camera that was left is not shown", async () => {
  const world = make();
  /** @type {((can: any) => void)[]} */
  const answers = [];
  world.answer = () => new Promise((resolve) => answers.push(resolve));

  world.abilities.want({ serial: "A", camera: "1" });
  world.abilities.want({ serial: "B", camera: "1" });
  answers[0]?.({ zoom: true });
  await settle();
  assert.equal(world.abilities.can, undefined);
  answers[1]?.({ focus: true });
  await settle();

  assert.deepEqual(world.abilities.can, { focus: true });
  assert.deepEqual(world.asked, ["A/1", "B/1"]);
});

test("a panel is for cameras that have something for it", () => {
  assert.deepEqual(
    ["ptz", "talk", "image", "outputs"].map((panel) => isAble(panel, { zoom: true, talk: null, image: false, outputs: 2 })),
    [true, false, false, true],
  );
});
