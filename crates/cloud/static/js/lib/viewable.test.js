// "Make this camera viewable": texts before, during and after the change.

import assert from "node:assert/strict";
import { test } from "node:test";

import { settle } from "../../../../../tools/js/fakes.js";
import { LOST, RpcError } from "./rpc.js";
import { ViewableChange, changesInWords, refusalInWords, streamToChange } from "./viewable.js";

const H265 = { codec: "H265", width: 640, height: 360, pictureRate: 15, isSmart: true };
const H264 = { codec: "H264", width: 640, height: 360, pictureRate: 15 };
const PLAN = { stream: "sub", from: H265, to: H264, isDone: false, needsRestart: false };

function make() {
  /** @type {string[]} */
  const steps = [];
  /** @type {any[]} */
  const asked = [];
  const change = new ViewableChange({
    camera: "7",
    stream: "sub",
    ask: (method, params) => new Promise((resolve, reject) => asked.push({ method, params, resolve, reject })),
    onStep: ({ phase, words, changes }) => steps.push(`${phase}: ${words} (${changes.length})`),
  });
  return { change, steps, asked };
}

test("nothing is changed before a person has seen what would", async () => {
  const { change, steps, asked } = make();

  void change.plan();
  void change.agree();
  assert.deepEqual(asked.map(({ params }) => params), [{ camera: "7", stream: "sub", isAgreed: false }]);
  asked[0].resolve(PLAN);
  await settle();
  void change.agree();
  void change.agree();
  assert.deepEqual(asked.slice(1).map(({ params }) => params), [{ camera: "7", stream: "sub", isAgreed: true }]);
  asked[1].resolve({ ...PLAN, isDone: true });
  await settle();

  assert.deepEqual(steps, [
    "asking: viewable-asking (0)",
    "consent: viewable-effect-sub (2)",
    "changing: viewable-changing (2)",
    "over: viewable-done (2)",
  ]);
});

test("a camera that suits already is left alone", async () => {
  const { change, steps, asked } = make();

  void change.plan();
  asked[0].resolve({ ...PLAN, from: H264, isDone: true });
  await settle();
  await change.agree();

  assert.equal(steps.at(-1), "over: viewable-nothing (0)");
  assert.equal(asked.length, 1);
});

test("what a recorder did not do is no success", async () => {
  for (const [answer, words] of /** @type {const} */ ([
    [{ isDone: false, needsRestart: true }, "viewable-restart"],
    [{ isDone: false }, "viewable-refused"],
  ])) {
    const { change, steps, asked } = make();
    void change.plan();
    asked[0].resolve(PLAN);
    await settle();
    void change.agree();
    asked[1].resolve({ ...PLAN, ...answer });
    await settle();

    assert.equal(steps.at(-1), `over: ${words} (2)`);
  }
});

test("every refusal has its words, and ends it", async () => {
  for (const [code, words] of /** @type {const} */ ([
    [403, "viewable-forbidden"],
    [404, "reason-no-camera"],
    [408, "viewable-no-answer"],
    [409, "viewable-busy"],
    [429, "viewable-busy"],
    [480, "viewable-no-answer"],
    [501, "viewable-unsupported"],
    [502, "viewable-refused"],
    [LOST, "viewable-lost"],
    [7, "viewable-refused"],
  ])) {
    const { change, steps, asked } = make();
    void change.plan();
    asked[0].reject(new RpcError(code, "no"));
    await settle();
    await change.agree();

    assert.equal(steps.at(-1), `over: ${words} (0)`);
    assert.equal(asked.length, 1);
  }
  assert.equal(refusalInWords(new TypeError("an answer without sense")), "viewable-refused");
});

test("only what differs is said, in short tokens", () => {
  const odd = { codec: "<b>MPEG4" + "x".repeat(500), width: "wide", height: 2, pictureRate: 25.4 };

  assert.deepEqual(changesInWords({ ...PLAN, from: H264, to: H264 }), []);
  assert.equal(changesInWords({ ...PLAN, from: odd, to: H264 }).length, 3);
  assert.equal(changesInWords({ ...PLAN, from: {}, to: {} }).length, 0);
});

test("the small picture is changed before the full one", () => {
  const list = (/** @type {any[]} */ ...codecs) => ({
    mayChange: true,
    streams: codecs.map(([stream, codec, isSmart]) => ({ stream, codec, isSmart })),
  });

  assert.equal(streamToChange(list(["main", "H265"], ["sub", "H265"])), "sub");
  assert.equal(streamToChange(list(["main", "H265"], ["sub", "H264"])), "main");
  assert.equal(streamToChange(list(["main", "H264"], ["sub", "H264", true])), "sub");
  assert.equal(streamToChange(list(["main", "H265"])), "main");
  assert.equal(streamToChange(list(["main", undefined], ["sub", undefined])), "sub");
  assert.equal(streamToChange(list(["main", "H264"], ["transcoded", "H265"])), undefined);
  assert.equal(streamToChange({ ...list(["sub", "H265"]), mayChange: false }), undefined);
  assert.equal(streamToChange({}), undefined);
});
