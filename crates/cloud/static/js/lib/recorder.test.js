// Recording frames into files, with the library that browsers get: where files begin and end, and what is kept of them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Recorder } from "./recorder.js";
import { RtpClock } from "./rtp_clock.js";

const library = await import(new URL("../../vendor/mediabunny-1.61.0/mediabunny.js", import.meta.url).href);

/** Parameter sets of 320 × 240, as x264 and x265 write them, and one of another level. */
const H264 = ["67f4000d919640507ec044000003000400000300c83c50a920", "68ebc3c44844"];
const OTHER_H264 = ["67f4001e919640507ec044000003000400000300c83c50a920", "68ebc3c44844"];
const H265 = [
  "40010c01ffff0408000003009e0800000300003c928090",
  "4201010408000003009e0800000300003c90014101e2cb2549265780b7020200040000030004000003006420",
  "4401c172860c4624",
];

/** @param {string[]} units In hexadecimal. */
function annexB(...units) {
  return Uint8Array.from(units.flatMap((unit) => [0, 0, 0, 1, ...Buffer.from(unit, "hex")]));
}

/** @param {number} number @param {string[]} [sets] Of a key frame. */
function frame(number, sets) {
  const slice = (sets === H265 ? "2601" : sets ? "65" : "41") + "ab".repeat(40);
  return { data: annexB(...(sets ?? []), slice), isKey: sets !== undefined, seconds: number / 25 };
}

/** A recorder whose files are in memory, with so many bytes of room. @param {number} [room] */
function desk(room = Infinity) {
  /** @type {Uint8Array[]} */
  const files = [];
  /** @type {string[]} */
  const ends = [];
  /** @type {any[]} */
  const outputs = [];
  const told = { nKeysAsked: 0, ms: 0 };
  class Output extends library.Output {
    /** @param {any} options */
    constructor(options) {
      super(options);
      outputs.push(this);
    }
  }
  const open = async () => {
    const at = files.push(new Uint8Array()) - 1;
    return {
      write: (/** @type {Uint8Array} */ data, /** @type {number} */ position) => {
        if (position + data.length > room) throw new DOMException("no room", "QuotaExceededError");
        const before = /** @type {Uint8Array} */ (files[at]);
        const after = new Uint8Array(Math.max(before.length, position + data.length));
        after.set(before);
        after.set(data, position);
        files[at] = after;
      },
      close: (/** @type {number} */ bytes) => void (files[at] = /** @type {Uint8Array} */ (files[at]).slice(0, bytes)),
    };
  };
  const recorder = new Recorder({ ...library, Output }, {
    open,
    onProgress: () => {},
    onEnd: (end, ms) => {
      ends.push(end);
      told.ms = ms;
    },
    askKey: () => (told.nKeysAsked += 1),
  });
  return { recorder, files, ends, outputs, told };
}

/** The names of a file's boxes; fails if they do not fill it. @param {Uint8Array | undefined} file */
function boxes(file = new Uint8Array()) {
  const names = [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  let at = 0;
  while (at + 8 <= file.length) {
    names.push(String.fromCharCode(...file.subarray(at + 4, at + 8)));
    at += view.getUint32(at);
  }
  assert.equal(at, file.length);
  return names;
}

test("a recording begins with the first key frame", async () => {
  const { recorder, files, ends, told } = desk();

  for (let i = 0; i < 10; i++) await recorder.take(frame(i));
  assert.equal(files.length, 0);
  for (let i = 10; i < 110; i++) await recorder.take(frame(i, i % 50 === 10 ? H264 : undefined));
  await recorder.end("stopped");
  await recorder.end("stopped");

  assert.deepEqual(ends, ["stopped"]);
  assert.equal(told.ms, 4_000);
  assert.deepEqual(boxes(files[0]), ["ftyp", "moov", "moof", "mdat", "moof", "mdat", "mfra"]);
  assert.ok(Buffer.from(files[0] ?? []).includes("avcC"));
});

test("frames of H.265 are kept as hvc1", async () => {
  const { recorder, files } = desk();

  for (let i = 0; i < 30; i++) await recorder.take(frame(i, i === 0 ? H265 : undefined));
  await recorder.end("stopped");

  assert.ok(Buffer.from(files[0] ?? []).includes("hvc1"));
});

test("a full disk keeps every whole fragment", async () => {
  const { recorder, files, ends, told } = desk(9_000);

  for (let i = 0; i < 500; i++) await recorder.take(frame(i, i % 25 === 0 ? H264 : undefined));
  await recorder.end("stopped");

  assert.deepEqual(ends, ["full"]);
  const names = boxes(files[0]);
  const nFragments = names.filter((name) => name === "moof").length;
  assert.ok(nFragments > 2, String(names));
  assert.equal(told.ms, nFragments * 1_000);
});

test("what is written of a recording that never ends can be played", async () => {
  const { recorder, files } = desk();

  for (let i = 0; i < 60; i++) await recorder.take(frame(i, i % 25 === 0 ? H264 : undefined));

  assert.deepEqual(boxes(files[0]), ["ftyp", "moov", "moof", "mdat", "moof", "mdat"]);
});

test("another format begins another file", async () => {
  const { recorder, files, ends } = desk();

  for (let i = 0; i < 50; i++) await recorder.take(frame(i, i % 25 === 0 ? H264 : undefined));
  for (let i = 50; i < 90; i++) await recorder.take(frame(i, i === 50 ? OTHER_H264 : undefined));
  await recorder.end("left");

  assert.deepEqual(ends, ["changed", "left"]);
  assert.equal(files.length, 2);
  for (const file of files) assert.ok(boxes(file).includes("mfra"));
});

test("a camera that changes all the time ends the recording", async () => {
  const { recorder, files, ends } = desk();

  for (let i = 0; i < 100; i++) await recorder.take(frame(i, i % 2 ? H264 : OTHER_H264));
  await recorder.end("stopped");

  assert.equal(files.length, 20);
  assert.equal(ends.length, 20);
});

test("a key frame is asked for where none comes", async () => {
  const { recorder, told } = desk();

  for (let i = 0; i < 25 * 25; i++) await recorder.take(frame(i, i === 0 ? H264 : undefined));

  assert.equal(told.nKeysAsked, 2);
});

test("a long recording leaves one note for each fragment", async () => {
  const { recorder, outputs } = desk();

  for (let i = 0; i < 20_000; i++) await recorder.take(frame(i, i % 500 === 0 ? H264 : undefined));

  const chunks = outputs[0]._muxer.finalizedChunks;
  assert.equal(chunks.length, 39);
  assert.deepEqual(new Set(chunks.map((/** @type {any} */ chunk) => chunk.samples.length)), new Set([1]));
});

test("the clock of RTP wraps, jumps and never goes back", () => {
  const clock = new RtpClock();

  assert.equal(clock.seconds(2 ** 32 - 9_000, 0), 0);
  assert.equal(clock.seconds(0, 100), 0.1);
  assert.equal(clock.seconds(0, 100), 0.101);
  // Another source: the time that passed here counts.
  assert.equal(clock.seconds(2_000_000_000, 1_100), 1.101);
});
