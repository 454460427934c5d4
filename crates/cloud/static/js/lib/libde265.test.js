// The decoder in WebAssembly as it is served, with small clips made with ffmpeg and x265.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { DECODER, SoftwareDecoder } from "./libde265.js";

const file = readFileSync(new URL(`../../vendor/${DECODER.file}`, import.meta.url));

/** 64 × 64, twelve pictures with B slices, each brighter than the one before it: luma 16, 34, 52 … 214. */
const RAMP = clip([
  "AAAAAUABDAH//wFgAAADAJAAAAMAAAMAHpWUCQAAAAFCAQEBYAAAAwCQAAADAAADAB6gIIEFllZZJMrwFoCAAAADAIAAAAeEAAAA",
  "AUQBwXGhEgAAASgBrwngJBev/53mXsNI/AAAAAFAAQwB//8BYAAAAwCQAAADAAADAB6VlAkAAAABQgEBAWAAAAMAkAAAAwAAAwAe",
  "oCCBBZZWWSTK8BaAgAAAAwCAAAAHhAAAAAFEAcFxoRIAAAEqAawEtwngJBev/40GXsNI/AAAAAECAdApSeKSYCUY1PA8AAAAAQIB",
  "4GSVeGLQqzAAAAABAAHgRP1+ixKArVAAAAABAAHghrX9RietUAAAAAECAdBIklV9ykgYCeY38DwAAAABAgHg4iVVX3GLQKswAAAA",
  "AQAB4Mb119IsTq1QAAAAAQAB4QItV/cYlK1QAAAAAQIB0Fi1VV9ykgYF5jfwPAAAAAEAAeFCLUn9xiWtUA==",
]);
/** 64 × 64 in red. */
const RED = clip([
  "AAAAAUABDAH//wFgAAADAJAAAAMAAAMAHpKAkAAAAAFCAQEBYAAAAwCQAAADAAADAB6gIIEFlkqSTK8BaAgAAAMACAAAAwB4QAAA",
  "AAFEAcFxoRIAAAEoAa8EeDyHcf5Sb//95T9l+vrJlolmI/A=",
]);
/** 1920 × 1080. */
const LARGE = clip([
  "AAAAAUABDAH//wFgAAADAJAAAAMAAAMAeJKAkAAAAAFCAQEBYAAAAwCQAAADAAADAHigA8CAEOWWSpJMrwFoCAAAAwAIAAADAHhA",
  "AAAAAUQBwXGhEgAAASgBrwtg+pzY7yMhd02zgMIUppAAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMA",
  "AAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMA",
  "AAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMA",
  "AAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMA",
  "AAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMA",
  "AAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMA",
  "AAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMA",
  "AAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMAAAMADdg=",
]);
/** Ten bits per sample. */
const TEN_BITS = clip([
  "AAAAAUABDAH//wIgAAADAJAAAAMAAAMAHpKAkAAAAAFCAQECIAAAAwCQAAADAAADAB6gIIEE2WSpJMrwFoCAAAADAIAAAAeEAAAA",
  "AUQBwXGhEgAAASgBrwngI48//FmL/8kN0Pu99ff7//A=",
]);

test("the served decoder is the one that the page expects", () => {
  assert.equal(DECODER.integrity, `sha256-${createHash("sha256").update(file).digest("base64")}`);
});

test("pictures with B slices come in the order of display", async () => {
  const decoder = await SoftwareDecoder.load(file);

  const decoded = units(RAMP).map((unit) => decoder.decode(unit));

  assert.ok(decoded.every(({ result }) => result === "decoded"));
  const shown = decoded.flatMap(({ picture }) => picture ?? []);
  assert.ok(shown.every(({ width, height, data }) => width === 64 && height === 64 && data.length === 64 * 64 * 4));
  // Luma in 16..235, as grey; the last ones wait for pictures that do not come.
  const expected = shown.map((_, i) => Math.round((18 * i * 255) / 219));
  const greys = shown.map(({ data }) => data[4 * (32 * 64 + 32)]);
  assert.ok(shown.length >= 9, `${shown.length} pictures`);
  greys.forEach((grey, i) => assert.ok(Math.abs(Number(grey) - Number(expected[i])) <= 3, `${greys} are not ${expected}`));
});

test("colours are those of the clip", async () => {
  const decoder = await SoftwareDecoder.load(file);

  const { picture } = decoder.decode(RED);

  const [r, g, b, alpha] = picture?.data.subarray(0, 4) ?? [];
  assert.ok(Number(r) > 245 && Number(g) < 10 && Number(b) < 10 && alpha === 255, `${[r, g, b, alpha]}`);
});

test("what the decoder does not take is said, and the next stream plays", async () => {
  const decoder = await SoftwareDecoder.load(file);

  for (const [unit, expected] of /** @type {const} */ ([[LARGE, "too-large"], [TEN_BITS, "unplayable"]])) {
    const { result, picture } = decoder.decode(unit);
    assert.deepEqual([result, picture], [expected, undefined]);
    decoder.restart();
    assert.equal(decoder.decode(RED).picture?.width, 64);
  }
});

test("an access unit longer than any picture is refused", async () => {
  const decoder = await SoftwareDecoder.load(file);

  assert.equal(decoder.decode(new Uint8Array(4 * 1024 * 1024 + 1)).result, "too-large");
});

test("damaged streams end in a known result or in a trap", async () => {
  const results = new Set(["decoded", "damaged", "too-large", "unplayable"]);
  let decoder = await SoftwareDecoder.load(file);
  let seed = 1;

  for (let round = 0; round < 300; round++) {
    decoder.restart();
    const damaged = Uint8Array.from(RAMP);
    for (let flip = 0; flip <= round % 8; flip++) {
      seed = (seed * 48_271) % 2_147_483_647;
      damaged[seed % damaged.length] = seed & 255;
    }
    try {
      units(damaged).forEach((unit) => assert.ok(results.has(decoder.decode(unit).result)));
    } catch (error) {
      assert.ok(error instanceof WebAssembly.RuntimeError, String(error));
      decoder = await SoftwareDecoder.load(file);
    }
  }

  decoder.restart();
  assert.equal(decoder.decode(RED).result, "decoded");
});

/** @param {string[]} base64 */
function clip(base64) {
  return new Uint8Array(Buffer.from(base64.join(""), "base64"));
}

/** The access units of a stream whose pictures are one slice each. @param {Uint8Array} stream */
function units(stream) {
  const found = [];
  let from = 0;
  for (let at = 0; at + 3 < stream.length; at++) {
    if (stream[at] !== 0 || stream[at + 1] !== 0 || stream[at + 2] !== 1) continue;
    const isSlice = ((Number(stream[at + 3]) >> 1) & 63) < 32;
    if (!isSlice) continue;
    const next = start(stream, at + 3);
    found.push(stream.slice(from, next));
    from = next;
  }
  return found;
}

/** Where the next NAL unit begins. @param {Uint8Array} stream @param {number} from */
function start(stream, from) {
  for (let at = from; at + 2 < stream.length; at++) {
    if (stream[at] === 0 && stream[at + 1] === 0 && stream[at + 2] === 1) return at;
  }
  return stream.length;
}
