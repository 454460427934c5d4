// Pictures decoded into a canvas, with a decoder and a canvas that a test controls.

import assert from "node:assert/strict";
import { test } from "node:test";

import { settle } from "../../../../../tools/js/fakes.js";

/** A decoder of WebCodecs that notes what it is given. */
class FakeDecoder {
  /** @type {FakeDecoder[]} */
  static all = [];
  state = "unconfigured";
  decodeQueueSize = 0;
  codec = "";
  /** @type {string[]} */
  types = [];

  /** @param {{output: (frame: any) => void, error: (error: any) => void}} events */
  constructor(events) {
    this.events = events;
    FakeDecoder.all.push(this);
  }

  static async isConfigSupported() {
    return { supported: true };
  }

  /** @param {{codec: string}} config */
  configure({ codec }) {
    this.codec = codec;
    this.state = "configured";
  }

  /** @param {{type: string}} chunk */
  decode({ type }) {
    this.types.push(type);
  }

  close() {
    this.state = "closed";
  }
}

const canvas = { width: 0, height: 0, nDrawn: 0, setAttribute() {}, remove() {}, getContext: () => context };
const context = { drawImage: () => (canvas.nDrawn += 1) };
const bitmap = { width: 640, height: 360, close() {} };
Object.assign(globalThis, {
  document: { createElement: () => canvas },
  createImageBitmap: async () => bitmap,
  VideoDecoder: FakeDecoder,
  EncodedVideoChunk: class {
    /** @param {object} init */
    constructor(init) {
      Object.assign(this, init);
    }
  },
});
const { decoders, PictureCanvas } = await import("../decoders.js");
// The canvas loads it with the first picture, which would take longer than a test waits.
await import("../coded_pictures.js");

const SPS = [0, 0, 0, 1, 0x42, 1, 1, 0x01, 0x60, 0, 0, 3, 0, 0x90, 0, 0, 3, 0, 0, 3, 0, 0x5a, 0xa0];

function make() {
  FakeDecoder.all = [];
  canvas.nDrawn = 0;
  /** @type {string[]} */
  const heard = [];
  const tile = /** @type {any} */ ({ dataset: { name: "Door" }, above() {} });
  const pictures = new PictureCanvas(tile, () => heard.push("drawn"), () => heard.push("failed"));
  /** @param {boolean} isKey @param {number[]} data */
  const h265 = (isKey, data = isKey ? SPS : [1]) => {
    pictures.show({ codec: "h265", isKey, source: 1, number: 1, timeMicros: 0, data: new Uint8Array(data) });
  };
  return { pictures, heard, h265 };
}

const decoder = () => /** @type {FakeDecoder} */ (FakeDecoder.all.at(-1));

test("a browser says which decoders it has", async () => {
  assert.deepEqual(await decoders, ["still", "jpeg", "h264", "h265"].map((name) => `peerview.video.1/${name}`));
});

test("an H.265 stream is decoded from its first key frame", async () => {
  const { heard, h265 } = make();

  for (const isKey of [false, true, false, true]) h265(isKey);
  await settle();
  let nClosed = 0;
  const close = () => (nClosed += 1);
  decoder().events.output({ displayWidth: 1280, displayHeight: 720, close });

  assert.equal(FakeDecoder.all.length, 1);
  assert.deepEqual([decoder().codec, decoder().types], ["hev1.1.6.L90.90", ["key", "delta", "key"]]);
  assert.deepEqual([canvas.width, canvas.height, canvas.nDrawn, nClosed], [1280, 720, 1, 1]);
  assert.deepEqual(heard, ["drawn"]);
});

test("an H.264 stream is decoded with its own profile and level", async () => {
  const { pictures } = make();
  const sps = [0, 0, 0, 1, 0x67, 0x64, 0, 0x0a, 0xac];

  for (const isKey of [true, false]) {
    pictures.show({ codec: "h264", isKey, source: 1, number: 1, timeMicros: 0, data: new Uint8Array(isKey ? sps : [1]) });
  }
  await settle();

  assert.deepEqual([decoder().codec, decoder().types], ["avc1.64000a", ["key", "delta"]]);
});

test("a stream that the decoder does not know is reported", async () => {
  const { heard, h265 } = make();
  h265(true);
  await settle();

  decoder().events.error({ name: "NotSupportedError" });

  assert.deepEqual(heard, ["failed"]);
});

test("a decoder that falls behind starts anew at a key frame", async () => {
  const { heard, h265 } = make();
  h265(true);
  await settle();
  const slow = decoder();
  slow.decodeQueueSize = 100;

  h265(false);
  h265(false);
  h265(true);
  await settle();

  assert.equal(slow.state, "closed");
  assert.deepEqual([FakeDecoder.all.length, decoder().types], [2, ["key"]]);
  assert.deepEqual(heard, []);
});

test("of JPEGs that come too fast the newest is drawn", async () => {
  const { pictures, heard } = make();

  for (let number = 0; number < 5; number++) {
    pictures.show({ codec: "jpeg", isKey: true, source: 1, number, timeMicros: 0, data: new Uint8Array([1]) });
  }
  await settle();

  assert.deepEqual([canvas.width, canvas.nDrawn], [640, 2]);
  assert.deepEqual(heard, ["drawn", "drawn"]);
});

test("a closed canvas draws nothing", async () => {
  const { pictures, heard, h265 } = make();
  h265(true);
  await settle();
  pictures.show({ codec: "jpeg", isKey: true, source: 1, number: 0, timeMicros: 0, data: new Uint8Array([1]) });

  pictures.close();
  await settle();

  assert.equal(decoder().state, "closed");
  assert.deepEqual(heard, []);
});
