// The level of the microphone is watched and left; the browser itself is tried in the stories of Talk.

import assert from "node:assert/strict";
import { test } from "node:test";

import { watchLevel } from "./microphone.js";

class FakeAudioContext {
  state = "running";

  createAnalyser() {
    return { fftSize: 4, getFloatTimeDomainData: () => {} };
  }

  createMediaStreamSource() {
    return { connect: () => {} };
  }

  /** As browsers do it (Web Audio §1.2.3). */
  async close() {
    if (this.state === "closed") throw new DOMException("Cannot close a closed AudioContext.", "InvalidStateError");
    this.state = "closed";
  }
}

test("a level that is watched no more may be left twice", async () => {
  /** @type {unknown[]} */
  const errors = [];
  const note = (/** @type {unknown} */ error) => errors.push(error);
  process.on("unhandledRejection", note);
  Object.assign(globalThis, { AudioContext: FakeAudioContext, MediaStream: class {} });

  const leave = watchLevel(/** @type {any} */ ({}), () => {});
  leave();
  leave();

  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  assert.deepEqual(errors, []);
});
