// Which frames of a tile are live pictures of its camera.

import assert from "node:assert/strict";
import { test } from "node:test";

import { LiveFrames } from "./live_frames.js";

const live = () => ({ readyState: "live", muted: false });

test("a frame after the track's end is no picture", () => {
  const track = live();
  const frames = new LiveFrames(track, false);
  assert.equal(frames.take(0, true), true);

  track.readyState = "ended";

  assert.equal(frames.take(100, true), false);
  assert.equal(frames.hasPicture, false);
  assert.equal(frames.isFresh(4_000), false);
});

test("a frame of a muted track is no picture", () => {
  const track = live();
  const frames = new LiveFrames(track, false);

  track.muted = true;
  assert.equal(frames.take(0, true), false);
  assert.equal(frames.hasPicture, false);

  track.muted = false;
  assert.equal(frames.take(100, true), true);
  assert.equal(frames.hasPicture, true);
});

test("frames of the slot's last camera do not count", () => {
  const frames = new LiveFrames(live(), true);
  assert.equal(frames.take(0, true), false);

  frames.release();

  assert.equal(frames.take(1, true), true);
});

test("a picture grows old sooner where nothing comes at all", () => {
  const frames = new LiveFrames(live(), false);
  assert.equal(frames.isFresh(0), false);
  frames.take(0, true);

  assert.equal(frames.isFresh(2_000), true);
  assert.equal(frames.isFresh(2_000, true), false);
  assert.equal(frames.isFresh(4_000), false);
});

test("drawn pictures need no track", () => {
  const frames = new LiveFrames({ readyState: "live", muted: true }, false);

  assert.equal(frames.take(0, false), true);
  assert.equal(frames.hasPicture, true);
});
