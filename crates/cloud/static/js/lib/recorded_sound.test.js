// The sound of recordings: its samples, its place beside the pictures, and files that have it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { RATE, lawOf, samplesOf } from "./g711.js";
import { LipSync } from "./lip_sync.js";
import { Recorder } from "./recorder.js";
import { SoundRun } from "./sound_run.js";
import { Upsampler } from "./upsampler.js";

const library = await import(new URL("../../vendor/mediabunny-1.61.0/mediabunny.js", import.meta.url).href);

const SETS = ["67f4000d919640507ec044000003000400000300c83c50a920", "68ebc3c44844"];

test("both laws of G.711 give the samples of the standard", () => {
  const whole = (/** @type {number[]} */ bytes, /** @type {"ulaw" | "alaw"} */ law) =>
    [...samplesOf(Uint8Array.from(bytes), law)].map((sample) => Math.round(sample * 32_768));

  assert.deepEqual(whole([0xff, 0x80, 0x00, 0xd5], "ulaw"), [0, 32_124, -32_124, 716]);
  assert.deepEqual(whole([0xd5, 0x55, 0xaa, 0x2a], "alaw"), [8, -8, 32_256, -32_256]);
  assert.deepEqual([0, 8, 111].map((payloadType) => lawOf({ payloadType })), ["ulaw", "alaw", undefined]);
});

test("a tone keeps its shape at six times the rate", () => {
  const upsampler = new Upsampler();
  const tone = (/** @type {number} */ n, /** @type {number} */ rate) => Math.sin((2 * Math.PI * 1_000 * n) / rate);
  const pieces = [0, 400, 800].map((from) => Float32Array.from({ length: 400 }, (_, n) => tone(from + n, RATE)));

  const made = pieces.flatMap((piece) => [...upsampler.take(piece)]);

  assert.equal(made.length, 7_200);
  // Eight old samples later, and no step between the pieces.
  const worst = Math.max(...made.slice(200).map((sample, n) => Math.abs(sample - tone(n + 200 - 8 * 6, 48_000))));
  assert.ok(worst < 0.01, String(worst));
});

/** What a run of sound passes on: how many samples from where, and how many of them are not silent. */
function heard() {
  /** @type {{from: number, length: number, loud: number}[]} */
  const passed = [];
  const run = new SoundRun((samples, seconds) => {
    passed.push({ from: Math.round(seconds * RATE), length: samples.length, loud: samples.filter(Boolean).length });
  });
  const total = () => passed.reduce((sum, { from, length }) => (assert.equal(from, sum), sum + length), 0);
  const loud = () => passed.reduce((sum, piece) => sum + piece.loud, 0);
  return { run, passed, total, loud };
}

const packet = () => new Float32Array(160).fill(0.5);

test("sound begins where it belongs, with silence before it", () => {
  const { run, passed, total } = heard();

  run.take(packet(), 0.25);
  run.take(packet(), 0.28);

  assert.equal(total(), 2_000 + 320);
  assert.deepEqual(passed.slice(-2).map(({ loud }) => loud), [160, 160]);
});

test("small differences of clocks change nothing, large ones do", () => {
  const { run, total, loud } = heard();
  for (let n = 0; n < 100; n++) run.take(packet(), n * 0.02 + (n % 2 ? 0.05 : 0));
  assert.equal(total(), 16_000);

  run.take(packet(), 3);
  assert.equal(total(), 24_160);
  run.take(packet(), 2.5);
  run.take(packet(), 2.9);

  assert.equal(total(), 24_160);
  assert.equal(loud(), 101 * 160);
});

test("sound before the first picture is left out", () => {
  const { run, total } = heard();

  run.take(packet(), -3);
  run.take(packet(), Infinity);
  run.take(packet(), -Infinity);
  run.take(packet(), 1e9);
  assert.equal(total(), 0);
  run.take(packet(), -0.01);

  assert.equal(total(), 80);
});

test("pictures and sound share the clock of their arrival", () => {
  const sync = new LipSync();
  assert.ok(!Number.isFinite(sync.sound(777, 0)));
  const late = [70, 3, 12, 40, 5];
  let seconds = NaN;

  for (let n = 0; n < 1_000; n++) {
    const atMs = 1_000 + n * 40;
    sync.picture((4_000_000_000 + n * 3_600) % 2 ** 32, atMs + Number(late[n % 5]));
    seconds = sync.sound(777 + atMs * 8, atMs + Number(late[(n + 2) % 5]));
    if (n > 5) assert.ok(Math.abs(seconds - n * 0.04) < 0.08, `${n}: ${seconds}`);
  }

  // By the quickest of each the difference is what the path makes of it.
  assert.ok(Math.abs(seconds - 999 * 0.04) < 0.005, String(seconds));
});

test("a clock of sound that runs apart is followed", () => {
  for (const [speed, zero] of /** @type {[number, number][]} */ ([[1.0001, 0], [0.9999, 0], [1.0001, 77_777], [0.9999, 77_777]])) {
    const sync = new LipSync();
    let seconds = 0;

    for (let n = 0; n < 2 * 3_600 * 5; n++) {
      sync.picture((zero * 90_000 + n * 18_000) % 2 ** 32, n * 200);
      seconds = sync.sound(Math.round(n * 1_600 * speed), n * 200);
    }

    // By itself it would be 0.72 s off. A common zero may say that the sound is later.
    const off = seconds - (2 * 3_600 - 0.2);
    assert.ok(off > -0.01 && off < (zero || speed < 1 ? 0.01 : 0.105), `${speed} ${zero}: ${off}`);
  }
});

test("a queue of pictures delays no sound with a common zero", () => {
  const sync = new LipSync();
  const pictures = new LipSync();
  let [seconds, drawn] = [0, 0];

  for (let n = 0; n < 500; n++) {
    const late = n * 40 + 80 + (n % 3) * 10;
    // From before the wrap to behind it.
    const timestamp = (2 ** 32 - 900_000 + n * 3_600) % 2 ** 32;
    sync.picture(timestamp, late);
    pictures.picture(timestamp, late, false);
    const sound = Math.round(((2 ** 32 - 900_000) / 90_000) * 8_000) + n * 320;
    seconds = sync.sound(sound, n * 40);
    drawn = pictures.sound(sound, n * 40);
  }

  assert.ok(Math.abs(seconds - 499 * 0.04) < 0.001, String(seconds));
  assert.ok(Math.abs(drawn - (499 * 0.04 - 0.08)) < 0.001, String(drawn));
});

test("another connection goes on after the time that passed", () => {
  const sync = new LipSync();
  sync.picture(0, 0);
  sync.picture(90_000, 1_000);
  sync.sound(8_000, 1_000);

  sync.restart();

  assert.ok(!Number.isFinite(sync.sound(8_005_000, 4_000)));
  assert.equal(sync.picture(45_000, 4_000), 4);
  assert.equal(sync.sound(8_005_160, 4_020), 4.02);
});

/** As WebCodecs encodes, except that it takes the time of nothing. @param {"aac" | "opus"} codec */
function fakeEncoder(codec) {
  const description = codec === "aac" ? Uint8Array.of(0x11, 0x88) : Uint8Array.from(Buffer.from("OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0", "latin1"));
  const config = { codec: codec === "aac" ? "mp4a.40.2" : "opus", sampleRate: 48_000, numberOfChannels: 1, description };
  const encoder = {
    codec,
    isBroken: false,
    n: 0,
    taken: () => packets.splice(0),
    end: async () => {},
    add: (/** @type {Float32Array} */ samples, /** @type {number} */ seconds) => {
      if (encoder.isBroken) return;
      const meta = encoder.n === 0 ? { decoderConfig: config } : undefined;
      encoder.n += samples.length;
      packets.push({ data: new Uint8Array(60).fill(1), seconds, duration: samples.length / RATE, meta });
    },
  };
  /** @type {import("./mp4_sound.js").SoundPacket[]} */
  const packets = [];
  return encoder;
}

/** A recorder whose storage counts. @param {(ReturnType<typeof fakeEncoder> | undefined)[]} encoders For one file after another. */
function desk(...encoders) {
  /** @type {string[]} */
  const ends = [];
  const told = { nKeysAsked: 0, ms: 0, bytes: 0 };
  /** @type {Uint8Array[][]} */
  const written = [];
  const recorder = new Recorder(library, {
    open: async () => {
      /** @type {Uint8Array[]} */
      const pieces = [];
      written.push(pieces);
      return { sound: encoders.shift(), write: (data) => void (data.length < 5_000 && pieces.length < 400 && pieces.push(data.slice())), close: () => {} };
    },
    onProgress: (ms, bytes) => Object.assign(told, { ms, bytes }),
    onEnd: (end) => void ends.push(end),
    askKey: () => (told.nKeysAsked += 1),
  });
  const has = (/** @type {number} */ file, /** @type {string} */ name) => Buffer.concat(written[file] ?? []).includes(name);
  return { recorder, ends, told, has };
}

/** @param {number} seconds @param {boolean} isKey @param {number} [size] */
function frame(seconds, isKey, size = 40) {
  const units = isKey ? [...SETS, "65"] : ["41"];
  const head = units.flatMap((unit) => [0, 0, 0, 1, ...Buffer.from(unit, "hex")]);
  const data = new Uint8Array(head.length + size).fill(0xab);
  data.set(head);
  return { data, isKey, seconds };
}

/** @param {Recorder} recorder @param {number} from @param {number} to In seconds. @param {boolean} [isLoud] */
async function record(recorder, from, to, isLoud = true) {
  for (let n = from * 10; n < to * 10; n++) {
    await recorder.take(frame(n / 10, n % 20 === 0));
    if (isLoud) await recorder.takeSound(new Float32Array(800).fill(0.1), n / 10);
  }
}

for (const [codec, box] of /** @type {["aac" | "opus", string][]} */ ([["aac", "mp4a"], ["opus", "Opus"]])) {
  test(`a file has sound that browsers make as ${codec}`, async () => {
    const encoder = fakeEncoder(codec);
    const { recorder, ends, told, has } = desk(encoder);

    await record(recorder, 0, 10);
    await recorder.end("stopped");

    assert.deepEqual(ends, ["stopped"]);
    assert.ok(has(0, box) && has(0, "avc1"));
    assert.equal(encoder.n, 10 * RATE);
    assert.equal(Math.round(told.ms), 8_000);
  });
}

test("pictures never wait for sound that has stopped", async () => {
  const encoder = fakeEncoder("opus");
  const { recorder, told } = desk(encoder);

  await record(recorder, 0, 4);
  await record(recorder, 4, 30, false);

  assert.ok(told.ms >= 26_000, String(told.ms));
  await record(recorder, 30, 32);
  await recorder.end("stopped");
  assert.equal(encoder.n, 32 * RATE);
});

test("an encoder that breaks costs the sound only", async () => {
  for (const seconds of [0, 3]) {
    const encoder = fakeEncoder("aac");
    const { recorder, ends, told } = desk(encoder);

    await record(recorder, 0, seconds);
    encoder.isBroken = true;
    await record(recorder, seconds, 20);
    await recorder.end("stopped");

    assert.deepEqual(ends, ["stopped"]);
    assert.equal(Math.round(told.ms), 18_000);
  }
});

test("sound that begins later begins another file", async () => {
  const { recorder, ends, told, has } = desk(undefined, fakeEncoder("opus"));
  await record(recorder, 0, 5, false);

  recorder.renewForSound();
  await record(recorder, 5, 10);
  await recorder.end("stopped");

  assert.deepEqual(ends, ["sound", "stopped"]);
  assert.equal(told.nKeysAsked, 1);
  assert.deepEqual([has(0, "Opus"), has(1, "Opus")], [false, true]);
});

test("two hours of recording leave memory as it is", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const { recorder, told } = desk(fakeEncoder("aac"));
  const held = [];

  for (let minute = 0; minute < 120; minute++) {
    for (let n = minute * 600; n < minute * 600 + 600; n++) {
      await recorder.take(frame(n / 10, n % 20 === 0, 2_000));
      await recorder.takeSound(new Float32Array(800), n / 10);
    }
    if (minute === 20 || minute === 119) {
      collect();
      held.push(process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers);
    }
  }

  assert.ok(told.ms > 7_190_000 && told.bytes > 72_000 * 2_000, JSON.stringify(told));
  const [early = 0, late = 0] = held;
  // Of 144 MB: two notes for each of 3,000 fragments.
  assert.ok(late - early < 8_000_000, `${late - early} bytes more than after 20 minutes`);
});
