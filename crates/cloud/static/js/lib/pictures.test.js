// Pictures over data channels: pieces, gaps, other cameras, and the name of an H.265 stream.

import assert from "node:assert/strict";
import { test } from "node:test";

import { h265Codec } from "./h265.js";
import { Pictures, slotOf } from "./pictures.js";

/** @import {Picture} from "./pictures.js" */

/** @param {{codec?: number, isKey?: boolean, source?: number, number?: number, nBytes?: number, offset?: number}} head @param {number[]} data */
function message(head, data) {
  const { codec = 2, isKey = true, source = 1, number = 0, nBytes = data.length, offset = 0 } = head;
  const bytes = new Uint8Array(26 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, codec);
  view.setUint8(1, isKey ? 1 : 0);
  view.setUint32(2, source);
  view.setUint32(6, number);
  view.setBigUint64(10, 9_000n);
  view.setUint32(18, nBytes);
  view.setUint32(22, offset);
  bytes.set(data, 26);
  return bytes.buffer;
}

function make() {
  /** @type {Picture[]} */
  const shown = [];
  const pictures = new Pictures((picture) => shown.push(picture));
  return { pictures, shown, numbers: () => shown.map(({ number }) => number) };
}

test("a picture is joined from its pieces", () => {
  const { pictures, shown } = make();

  pictures.receive(message({ codec: 1, nBytes: 3 }, [1, 2]));
  assert.equal(shown.length, 0);
  pictures.receive(message({ codec: 1, nBytes: 3, offset: 2 }, [3]));

  const seen = shown.map(({ codec, timeMicros, data }) => ({ codec, timeMicros, data: [...data] }));
  assert.deepEqual(seen, [{ codec: "jpeg", timeMicros: 100_000, data: [1, 2, 3] }]);
});

test("pictures that depend on a missing one are left out", () => {
  const { pictures, numbers } = make();

  pictures.receive(message({ isKey: false }, [1]));
  pictures.receive(message({ number: 1 }, [1]));
  pictures.receive(message({ number: 2, isKey: false }, [1]));
  pictures.receive(message({ number: 4, isKey: false }, [1]));
  pictures.receive(message({ number: 5, isKey: false }, [1]));
  pictures.receive(message({ number: 6 }, [1]));

  assert.deepEqual(numbers(), [1, 2, 6]);
});

test("pictures of the camera before are not shown", () => {
  const { pictures, numbers } = make();
  pictures.receive(message({ source: 4, number: 1 }, [1]));

  pictures.forget();
  pictures.receive(message({ source: 4, number: 2 }, [1]));
  pictures.receive(message({ source: 5, number: 3 }, [1]));

  assert.deepEqual(numbers(), [1, 3]);
});

test("messages that make no sense show nothing", () => {
  const { pictures, shown } = make();

  for (const nonsense of [
    "text",
    null,
    new ArrayBuffer(0),
    message({}, []),
    message({ codec: 9 }, [1]),
    message({ nBytes: 2 ** 31 }, [1]),
    message({ nBytes: 1, offset: 1 }, [1]),
    message({ nBytes: 4, offset: 2 }, [1, 2]),
  ]) {
    pictures.receive(nonsense);
  }

  assert.deepEqual(shown, []);
});

test("only channels of pictures have a slot", () => {
  assert.equal(slotOf("video/3"), 3);
  for (const label of ["video/", "video/x", "video/123", "audio/1", "peerview.control.1"]) {
    assert.equal(slotOf(label), undefined);
  }
});

test("an H.265 stream is named by its SPS", () => {
  // Main profile, level 3.0, progressive, with the escape bytes that x265 writes.
  const levels = [0x01, 0x60, 0, 0, 3, 0, 0x90, 0, 0, 3, 0, 0, 3, 0, 0x5a, 0xa0];
  const sps = new Uint8Array([0, 0, 0, 1, 0x40, 1, 0x0c, 0, 0, 0, 1, 0x42, 1, 1, ...levels]);

  assert.equal(h265Codec(sps), "hev1.1.6.L90.90");
  assert.equal(h265Codec(sps.subarray(0, 12)), undefined);
  assert.equal(h265Codec(new Uint8Array([0, 0, 1, 0x26, 1, 2])), undefined);
});

test("pictures of a slot are counted, and those that are missing", () => {
  const { pictures } = make();

  pictures.receive(message({ number: 1 }, [1, 2, 3]));
  pictures.receive(message({ number: 4 }, [1]));
  pictures.receive(message({ source: 2, number: 9 }, [1]));

  assert.deepEqual(pictures.counts, { bytes: 5, pictures: 3, lost: 2 });
});
