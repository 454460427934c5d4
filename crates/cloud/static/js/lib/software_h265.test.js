// H.265 decoded by a worker that a test plays.

import assert from "node:assert/strict";
import { test } from "node:test";

import { canDecodeInSoftware } from "./h265_support.js";
import { SoftwareH265 } from "./software_h265.js";

/** @import {DecoderReply, DecoderWork} from "./software_h265.js" */

class FakeWorker {
  /** @type {boolean[]} Of each work, whether it starts again. */
  starts = [];
  isTerminated = false;
  /** @type {any} */
  onmessage;
  /** @type {any} */
  onerror;

  /** @param {DecoderWork} work */
  postMessage({ isStart }) {
    this.starts.push(isStart);
  }

  terminate() {
    this.isTerminated = true;
  }

  /** @param {DecoderReply["result"]} result @param {number} [width] */
  answer(result, width) {
    const picture = width && { width, height: 1, data: new Uint8ClampedArray(width * 4) };
    this.onmessage({ data: { result, picture } });
  }
}

function make() {
  /** @type {FakeWorker[]} */
  const workers = [];
  /** @type {(number | string)[]} */
  const heard = [];
  const makeWorker = () => workers[workers.push(new FakeWorker()) - 1] ?? new FakeWorker();
  const decoder = new SoftwareH265(makeWorker, ({ width }) => heard.push(width), (trouble) => heard.push(trouble));
  /** @param {boolean} isKey @param {number} [nBytes] */
  const show = (isKey, nBytes = 1) => {
    decoder.decode({ codec: "h265", isKey, source: 1, number: 1, timeMicros: 0, data: new Uint8Array(nBytes) });
  };
  const worker = () => /** @type {FakeWorker} */ (workers.at(-1));
  return { decoder, heard, show, worker, workers };
}

test("a browser with SIMD in WebAssembly and workers can decode in software", () => {
  assert.equal(canDecodeInSoftware(), false);
  Object.assign(globalThis, { Worker: FakeWorker });
  assert.equal(canDecodeInSoftware(), true);
});

test("the worker is made at the first key frame", () => {
  const { heard, show, worker, workers } = make();

  show(false);
  assert.equal(workers.length, 0);
  show(true);
  show(false);
  worker().answer("decoded");
  worker().answer("decoded", 640);

  assert.deepEqual(worker().starts, [true, false]);
  assert.deepEqual(heard, [640]);
});

test("a decoder that falls behind goes on at a key frame", () => {
  const { heard, show, worker } = make();
  show(true);
  for (let i = 0; i < 100; i++) show(false);
  assert.equal(worker().starts.length, 60);

  for (let i = 0; i < 60; i++) worker().answer("decoded");
  show(false);
  show(true);
  show(false);

  assert.deepEqual(worker().starts.slice(60), [true, false]);
  assert.deepEqual(heard, []);
});

test("what waits is bounded in bytes", () => {
  const { show, worker } = make();

  show(true, 4 * 1024 * 1024);
  show(false, 4 * 1024 * 1024);
  show(false);

  assert.equal(worker().starts.length, 2);
});

test("a broken decoder is replaced once at the next key frame", () => {
  const { heard, show, workers } = make();
  show(true);
  workers[0]?.answer("broken");
  show(false);
  assert.deepEqual([workers.length, workers[0]?.isTerminated, heard], [1, true, []]);

  show(true);
  workers[0]?.answer("decoded", 640);
  workers[1]?.onerror();
  show(true);

  assert.deepEqual([workers.length, workers[1]?.isTerminated], [2, true]);
  assert.deepEqual(heard, ["unplayable"]);
});

test("a stream that is too large is reported, and a smaller one plays", () => {
  const { heard, show, worker } = make();
  show(true);
  show(false);
  worker().answer("too-large");
  worker().answer("damaged");

  show(false);
  show(true);
  worker().answer("decoded", 640);

  assert.deepEqual(worker().starts, [true, false, true]);
  assert.deepEqual(heard, ["too-large", 640]);
});

test("a closed decoder ends its worker and hears nothing", () => {
  const { decoder, heard, show, worker, workers } = make();
  show(true);

  decoder.close();
  worker().answer("decoded", 640);
  show(true);

  assert.deepEqual([worker().isTerminated, workers.length, heard], [true, 1, []]);
});
