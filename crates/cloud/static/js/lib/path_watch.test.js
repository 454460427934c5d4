// The path in virtual time: a dead one, a paused camera, a bad network and a sleeping phone.

import assert from "node:assert/strict";
import { test } from "node:test";

import { PathWatch, TICK_MS } from "./path_watch.js";

/**
 * Looks every tick until `end`; the verdicts other than "fine", each with its time, once in a row.
 * @param {PathWatch} watch @param {(now: number) => number | undefined} count @param {number} end
 */
function run(watch, count, end, start = 0) {
  const heard = [];
  for (let now = start; now <= end; now += TICK_MS) {
    const verdict = watch.look(count(now), now);
    if (verdict !== "fine" && !heard.at(-1)?.endsWith(verdict)) heard.push(`${now} ${verdict}`);
  }
  return heard;
}

test("a dead path is probed, doubted and replaced", () => {
  const heard = run(new PathWatch(0), (now) => Math.min(now, 1_000), 12_000);

  assert.deepEqual(heard.slice(0, 3), ["1500 probe", "2000 doubt", "2500 ask"]);
  assert.equal(heard.find((text) => text.endsWith("lost")), "11000 lost");
});

test("wishes for a restart become rare", () => {
  const heard = run(new PathWatch(0), () => 7, 9_900);

  assert.deepEqual(heard.filter((text) => text.endsWith("ask")), ["1500 ask", "2500 ask", "4500 ask", "8500 ask"]);
});

test("a paused camera causes no restart", () => {
  // Each probe is answered after a slow round trip.
  const heard = run(new PathWatch(0), (now) => Math.floor(now / 900), 600_000);

  assert.ok(heard.length > 0 && heard.every((text) => /probe|doubt/.test(text)), String(heard.slice(0, 5)));
  assert.ok(!heard.some((text) => text.endsWith("ask")));
});

test("a path that fails every few seconds is restarted rarely", () => {
  // Two seconds of silence in every four: the worst network that still shows pictures.
  const heard = run(new PathWatch(0), (now) => now % 4_000 < 2_000 ? now : Math.floor(now / 4_000), 600_000);

  assert.ok(heard.filter((text) => text.endsWith("ask")).length <= 45);
  assert.ok(!heard.some((text) => text.endsWith("lost")));
});

test("after a calm time the first wish is immediate", () => {
  const watch = new PathWatch(0);
  run(watch, () => 1, 9_000);

  const heard = run(watch, (now) => Math.min(now, 80_000), 84_000, 9_250);

  assert.deepEqual(heard.filter((text) => text.endsWith("ask")), ["81500 ask", "82500 ask"]);
});

test("a phone that slept hears before it doubts", () => {
  const watch = new PathWatch(0);
  run(watch, (now) => now, 5_000);

  const heard = run(watch, () => 5_000, 3_602_000, 3_600_000);

  assert.deepEqual(heard, ["3600000 probe", "3600500 doubt", "3601000 ask", "3601250 silent", "3602000 ask"]);
});

test("a clock that jumps back loses nothing", () => {
  const watch = new PathWatch(0);
  run(watch, (now) => now, 9_000);

  const heard = run(watch, () => 9_000, 2_000);

  assert.deepEqual(heard, ["0 probe", "500 doubt", "1000 ask", "1250 silent", "2000 ask"]);
});

test("a suspected path has half a second less", () => {
  const watch = new PathWatch(0);
  watch.look(1, 0);

  watch.suspect(100);

  assert.deepEqual(run(watch, () => 1, 1_200, 200), ["200 probe", "700 doubt", "1200 ask"]);
});

test("a path that nobody counts is left alone", () => {
  assert.deepEqual(run(new PathWatch(0), () => undefined, 60_000), []);
});
