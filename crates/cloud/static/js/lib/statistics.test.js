// Figures of a camera, from cumulative counters.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Statistics, codecWords, rateWords, sampleOf } from "./statistics.js";
import { TrafficCount } from "./stats.js";

/** @param {number} second @param {Partial<import("./statistics.js").Sample>} [more] */
const sample = (second, more) => ({
  at: second * 1000,
  source: "a",
  bytes: second * 64_000,
  pictures: second * 25,
  units: second * 99,
  lost: second,
  width: 640,
  height: 360,
  codec: "H264",
  ...more,
});
/** @param {[string, object][]} entries */
const report = (...entries) => new Map(entries.map(([id, entry]) => [id, { id, ...entry }]));

test("two samples make rates", () => {
  const statistics = new Statistics();

  assert.equal(statistics.take(sample(1)), undefined);
  assert.deepEqual(statistics.take(sample(2)), { rate: 25, kilobits: 512, lost: 1 });
});

test("a rate is that of the last seconds", () => {
  const statistics = new Statistics();
  for (const second of [0, 1, 2, 3, 4]) statistics.take(sample(second, { pictures: 0 }));

  const rates = statistics.take(sample(5, { pictures: 30 }));

  assert.equal(rates?.rate, 10);
});

test("another stream begins its counts anew", () => {
  const statistics = new Statistics();
  statistics.take(sample(1));
  statistics.take(sample(2));

  assert.equal(statistics.take(sample(3, { source: "b", bytes: 10 })), undefined);
  assert.equal(statistics.take(sample(4, { source: "b", bytes: 5 })), undefined);
});

test("a browser's report says what came of one track", () => {
  const stats = report(
    ["other", { type: "inbound-rtp", trackIdentifier: "t2", bytesReceived: 9 }],
    ["in", { type: "inbound-rtp", trackIdentifier: "t1", ssrc: 7, bytesReceived: 900, headerBytesReceived: 100, framesDecoded: 3, packetsReceived: 5, packetsLost: 1, frameWidth: 640, frameHeight: 360, codecId: "c" }],
    ["c", { type: "codec", mimeType: "video/H264" }],
  );

  const found = sampleOf(stats, "t1", 42);

  assert.deepEqual(found, { at: 42, source: "in 7", bytes: 1000, pictures: 3, units: 5, lost: 1, width: 640, height: 360, codec: "H264" });
  assert.equal(sampleOf(stats, "t3", 42), undefined);
});

test("rates and codecs are told in words", () => {
  assert.equal(rateWords(512.4, "en"), "512\u00a0kb/s");
  assert.equal(rateWords(2_140, "de"), "2,1\u00a0Mb/s");
  assert.deepEqual(["h265", "H264", "JPEG", "VP9<b>", undefined].map(codecWords), ["H.265", "H.264", "MJPEG", "VP9B", ""]);
});

test("traffic is counted over every path in turn", () => {
  const count = new TrafficCount();
  const transport = (/** @type {number} */ bytes) => report(["T", { type: "transport", bytesReceived: bytes, bytesSent: 10 }]);

  assert.deepEqual([100, 150, 150].map((bytes) => count.take(transport(bytes))), [110, 50, 0]);
  // Firefox counts by pair.
  const pair = (/** @type {string} */ id, /** @type {number} */ bytes) => report([id, { type: "candidate-pair", selected: true, bytesReceived: bytes, bytesSent: 0 }]);
  assert.deepEqual([count.take(pair("P", 40)), count.take(pair("Q", 30)), count.take(pair("Q", 35))], [40, 30, 5]);
  assert.equal(count.take(report()), 0);
});
