// The control channel: only changes are sent, and outdated answers are ignored.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeChannel, FakeClock } from "../../../../../tools/js/fakes.js";
import { Control } from "./control.js";
import { LOST } from "./rpc.js";

/** @import {StreamKind, Watch} from "./control.js" */

/** @param {number} slot @param {string} camera @param {StreamKind} [stream] @returns {Watch} */
const watch = (slot, camera, stream = "sub") => ({ slot, camera, stream });

/** @param {Watch[]} told */
function make(told) {
  const channel = new FakeChannel();
  /** @type {string[]} */
  const heard = [];
  const control = new Control(channel, new FakeClock(), told, {
    onSlot: ({ slot, camera, state }) => heard.push(`${slot} ${camera} ${state}`),
    onCameras: (cameras) => heard.push(`${cameras.length} cameras`),
    onClose: () => heard.push("closed"),
  });
  return { channel, control, heard, methods: () => channel.sent.map(({ method }) => method) };
}

test("cameras named by connect are not requested again", async () => {
  const { channel, control, methods } = make([watch(0, "1")]);
  control.watch([watch(0, "1")]);

  await channel.open();

  assert.deepEqual(methods(), []);
});

test("changes before the channel opens are sent on open", async () => {
  const { channel, control } = make([watch(0, "1"), watch(1, "2")]);
  control.watch([watch(0, "1", "main"), watch(2, "3")]);
  control.listen("1");

  await channel.open();

  assert.deepEqual(channel.sent.map(({ method, params }) => [method, params]), [
    ["unwatch", { slot: 1 }],
    ["watch", watch(0, "1", "main")],
    ["watch", watch(2, "3")],
    ["listen", { camera: "1" }],
  ]);
});

test("what the recorder's end says about the path is kept", async () => {
  const { channel, control } = make([]);
  await channel.open();
  assert.equal(control.path, undefined);

  channel.receive({ method: "path", params: { kind: "relayed", over: "tcp" } });

  assert.deepEqual(control.path, { kind: "relayed", over: "tcp" });
});

test("a missing camera is shown offline", async () => {
  const { channel, control, heard } = make([]);
  await channel.open();
  control.watch([watch(0, "9")]);

  await channel.refuse("watch", 404);

  assert.deepEqual(heard, ["0 9 offline"]);
});

test("an answer about a removed camera is ignored", async () => {
  const { channel, control, heard } = make([]);
  await channel.open();
  control.watch([watch(0, "1")]);
  control.watch([watch(0, "2")]);

  channel.receive({ id: channel.requests("watch")[0].id, result: { ...watch(0, "1"), state: "playing" } });
  await channel.answer("watch", { ...watch(0, "2"), state: "waiting" });

  assert.deepEqual(heard, ["0 2 waiting"]);
});

test("trying again asks for the same slot once more", async () => {
  const { channel, control, methods } = make([watch(0, "1")]);
  await channel.open();

  control.again(0);

  assert.deepEqual(methods(), ["watch"]);
});

test("notifications reach the screen", () => {
  const { channel, heard } = make([]);

  channel.receive({ method: "slot", params: { ...watch(0, "1"), state: "refused" } });
  channel.receive({ method: "cameras", params: { cameras: [{ id: "1" }] } });
  channel.onclose({});

  assert.deepEqual(heard, ["0 1 refused", "1 cameras", "closed"]);
});

test("a lost connection answers whoever waits", async () => {
  const { channel, control, heard } = make([]);
  await channel.open();
  control.watch([watch(0, "1")]);
  const change = control.ask("makeViewable", { camera: "1" }, 35_000);

  channel.onclose({});

  await assert.rejects(change, { code: LOST });
  // The words for a lost connection are not those for a camera.
  assert.deepEqual(heard, ["closed"]);
});
