// The small rules: slots, pages, the path in the statistics, claim links, words, waiting times.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeClock } from "../../../../../tools/js/fakes.js";
import { readClaimLink } from "./claim_link.js";
import { backoff } from "./clock.js";
import { pageOf, position, shownTiles, step } from "./pages.js";
import { LOST } from "./rpc.js";
import { assignSlots } from "./slots.js";
import { pathOf } from "./stats.js";
import { fill, say } from "./say.js";
import { texts } from "./texts.js";
import { localeOf, reasonWords, tileWords, troubleOf, when } from "./words.js";

/** @import {ToldPath} from "./stats.js" */

/** @param {[string, object][]} entries */
const report = (...entries) => new Map(entries.map(([id, entry]) => [id, { id, ...entry }]));

test("cameras that stay keep their slots", () => {
  const before = new Map([[0, "1"], [1, "2"], [2, "3"]]);

  const after = assignSlots(before, ["9", "3", "2"], 4);

  assert.deepEqual(new Map([...after].sort()), new Map([[1, "2"], [2, "3"], [3, "9"]]));
});

test("more cameras than slots are cut off", () => {
  assert.equal(assignSlots(new Map(), ["1", "2", "3"], 2).size, 2);
});

test("the last page ends with the last tile", () => {
  const view = { perPage: 4, page: 1, enlarged: undefined };

  assert.deepEqual(shownTiles(view, 6), [4, 5]);
  assert.deepEqual(position(view, 6), { at: 1, of: 2 });
  assert.deepEqual(step(view, 6, 1), view);
  assert.equal(step(view, 6, -1).page, 0);
  assert.deepEqual(shownTiles({ ...view, page: 0 }, 0), []);
});

test("an enlarged tile can step to its neighbours", () => {
  const view = { perPage: 4, page: 0, enlarged: 3 };

  assert.deepEqual(shownTiles(view, 6), [3]);
  assert.equal(step(view, 6, 1).enlarged, 4);
  assert.equal(step({ ...view, enlarged: 5 }, 6, 1).enlarged, 5);
});

test("changing the layout keeps the selected tile visible", () => {
  assert.deepEqual(pageOf(1, 5), { perPage: 1, page: 5, enlarged: undefined });
  assert.deepEqual(pageOf(4, 5), { perPage: 4, page: 1, enlarged: undefined });
});

test("a relay at either end makes a relayed path", () => {
  /** @param {string} local @param {string} remote */
  const path = (local, remote) =>
    pathOf(
      report(
        ["T", { type: "transport", selectedCandidatePairId: "P" }],
        ["P", { type: "candidate-pair", localCandidateId: "L", remoteCandidateId: "R", currentRoundTripTime: 0.0384 }],
        ["L", { type: "local-candidate", candidateType: local }],
        ["R", { type: "remote-candidate", candidateType: remote }],
      ),
    );

  assert.deepEqual(path("host", "prflx"), { path: "direct", over: undefined, rttMs: 38 });
  assert.deepEqual(path("relay", "srflx"), { path: "relayed", over: "udp", rttMs: 38 });
  assert.deepEqual(path("host", "relay"), { path: "relayed", over: undefined, rttMs: 38 });
});

test("the recorder's end says mapped, and how it is relayed", () => {
  /** @param {object} local @param {ToldPath} [told] */
  const path = (local, told) =>
    pathOf(report(["P", { type: "candidate-pair", selected: true, localCandidateId: "L" }], ["L", local]), told);
  const relayedOver = { candidateType: "relay", relayProtocol: "tcp" };

  assert.equal(path({}, { kind: "mapped" })?.path, "mapped");
  assert.equal(path({}, { kind: "relayed", over: "tls" })?.over, "tls");
  assert.equal(path(relayedOver, { kind: "mapped" })?.path, "relayed");
  assert.equal(path(relayedOver, { kind: "relayed", over: "udp" })?.over, "tcp");
});

test("a candidate pair selected by the browser is recognized", () => {
  const path = pathOf(report(["P", { type: "candidate-pair", selected: true, localCandidateId: "L", remoteCandidateId: "R" }]));

  assert.deepEqual(path, { path: "direct", over: undefined, rttMs: undefined });
  assert.equal(pathOf(report()), undefined);
});

test("a claim link is read from every source", () => {
  const claim = { serial: "PV-0123-4567-89ABZ", code: "KQXWBD" };

  for (const text of [
    "https://cloud.example.org/devices/new#PV-0123-4567-89ABZ:KQXWBD",
    "#PV-0123-4567-89ABZ:KQXWBD",
    "pv-0123-4567-89abz:kqxwbd",
    "#PV-0123-4567-89ABZ%3AKQXWBD",
  ]) {
    assert.deepEqual(readClaimLink(text), claim, text);
  }
});

test("invalid claim links fill in nothing", () => {
  for (const text of ["", "#", "https://example.org/", "#PV-0123:KQXWBD", "#PV-0123-4567-89ABZ:KQXWB", "#PV-0123-4567-89ABZ:KQXWB1", "%E0%A4%A", "#<b>:KQXWBD"]) {
    assert.equal(readClaimLink(text), undefined, text);
  }
});

test("every error has a message", () => {
  for (const code of [400, 401, 403, 404, 408, 410, 415, 429, 480, 1001, 1002, 7]) {
    assert.match(tileWords(troubleOf(code)), /^tile-/, String(code));
  }
  assert.equal(tileWords(troubleOf(480)), "tile-recorder-offline");
  assert.equal(tileWords("playing"), "");
});

test("a lost recorder and a lost cloud are different things", () => {
  assert.equal(troubleOf(1002), "recorder-offline");
  assert.equal(troubleOf(LOST), "no-cloud");
});

test("a reason replaces the words of the state", () => {
  assert.equal(tileWords("offline", { kind: "full" }), "reason-full");
  assert.equal(tileWords("waiting", { kind: "no-key-frame" }), "reason-no-key-frame");
  assert.equal(tileWords("playing", { kind: "full" }), "");
  assert.equal(tileWords("offline"), "tile-offline");
});

test("an unknown or malformed reason has general words", () => {
  for (const reason of [{}, { kind: "on-fire" }, { kind: "constructor" }, { kind: ["full", "x"] }]) {
    assert.equal(reasonWords(reason), "reason-unknown");
  }
  assert.equal(reasonWords({ kind: "locked", until: 1_795_500_000 }), "reason-locked-until");
  for (const until of [undefined, "soon", -1, NaN, Infinity, 1e300]) {
    assert.equal(reasonWords({ kind: "locked", until }), "reason-locked");
  }
});

test("a codec in a reason is a short token", () => {
  texts["reason-codec"] = [{ arg: "codec" }];
  assert.equal(reasonWords({ kind: "codec", codec: "MPEG4" }), "MPEG4");
  assert.equal(reasonWords({ kind: "codec", codec: "<img src=x>" + "y".repeat(500) }), "imgsrcx" + "y".repeat(13));
  delete texts["reason-codec"];
});

test("a text gets its arguments and plural form", () => {
  const cameras = [{ by: "n", of: { 0: "no camera", one: [{ arg: "n" }, " camera"], other: [{ arg: "n" }, " cameras"] }, or: "other" }];

  assert.deepEqual([0, 1, 8].map((n) => fill(cameras, { n })), ["no camera", "1 camera", "8 cameras"]);
  assert.equal(fill(["Offline since ", { arg: "when" }], { when: "21:04" }), "Offline since 21:04");
  assert.equal(fill("Online", {}), "Online");
});

test("a missing text shows its key", () => {
  assert.equal(say("no-such-text"), "no-such-text");
  assert.equal(fill(["Since ", { arg: "when" }], {}), "Since ");
});

test("recent times are written in short form", () => {
  const now = new Date(2026, 10, 24, 12, 0);
  const at = (/** @type {number} */ day, /** @type {number} */ hour) => when(new Date(2026, 10, day, hour, 4).getTime() / 1000, now);

  assert.ok(!at(24, 9).includes(" 24"));
  assert.ok(at(22, 21).length > at(24, 9).length);
  assert.ok(at(2, 21).includes("2026"));
});

test("times are written as in the person's region", () => {
  assert.equal(localeOf("en", ["de-DE", "en-US"]), "en-DE");
  assert.equal(localeOf("zh-Hans", ["en", "zh-TW"]), "zh-Hans-TW");
  assert.equal(localeOf("fr", ["not a tag", "de"]), "fr");
  assert.equal(localeOf("fr", []), "fr");
});

test("waits double up to their limit", () => {
  const clock = new FakeClock();

  assert.deepEqual([0, 1, 2, 50].map((n) => backoff(n, 1_000, 15_000, clock)), [750, 1_500, 3_000, 11_250]);
});
