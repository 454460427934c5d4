// The screen as calls: which call carries which camera, and the events for each camera.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Watching } from "./watching.js";

function make() {
  /** @type {Map<string, any>} */
  const calls = new Map();
  /** @type {string[]} */
  const heard = [];
  const watching = new Watching(
    (serial, events) => {
      const call = {
        events,
        watches: [],
        did: /** @type {string[]} */ ([]),
        watch: (/** @type {any[]} */ watches) => (call.watches = /** @type {any} */ (watches)),
        listen: (/** @type {any} */ camera) => call.did.push(`listen ${camera}`),
        again: (/** @type {number} */ slot) => call.did.push(`again ${slot}`),
        end: () => call.did.push("end"),
        peer: undefined,
      };
      calls.set(serial, call);
      return /** @type {any} */ (call);
    },
    {
      onState: (serial, camera, state, reason) => heard.push(`${serial}/${camera} ${[state, reason?.kind].filter(Boolean).join(" ")}`),
      onLeaving: (serial, camera) => heard.push(`${serial}/${camera} leaving`),
      onVideo: (serial, camera, track, isReused) => heard.push(`${serial}/${camera} ${track.id}${isReused ? " reused" : ""}`),
      onAudio: (serial, track) => heard.push(`${serial} ${track.id}`),
      onPicture: (serial, camera, { data }) => heard.push(`${serial}/${camera} ${data.length} bytes`),
      onPath: () => {},
      onTold: () => {},
    },
    () => 4,
  );
  return { watching, calls, heard: () => heard.splice(0) };
}

/** @param {string} serial @param {string[]} cameras @param {import("./control.js").StreamKind} [stream] */
const shown = (serial, cameras, stream = "sub") => cameras.map((camera) => ({ serial, camera, stream }));
const track = (/** @type {string} */ id) => /** @type {any} */ ({ id });

test("cameras of one recorder share a call", () => {
  const { watching, calls } = make();

  watching.show([...shown("A", ["1", "2"]), ...shown("B", ["1"])]);

  assert.deepEqual(calls.get("A").watches, [
    { slot: 0, camera: "1", stream: "sub" },
    { slot: 1, camera: "2", stream: "sub" },
  ]);
  assert.equal(calls.size, 2);
});

test("an enlarged camera keeps its slot for the main stream", () => {
  const { watching, calls } = make();
  watching.show(shown("A", ["1", "2"]));

  watching.show(shown("A", ["2"], "main"));

  assert.deepEqual(calls.get("A").watches, [{ slot: 1, camera: "2", stream: "main" }]);
});

test("every camera shown hears that its video ends", () => {
  const { watching, calls, heard } = make();
  watching.show(shown("A", ["1", "2"]));
  heard();

  calls.get("A").events.onLeaving();

  assert.deepEqual(heard(), ["A/1 leaving", "A/2 leaving"]);
});

test("a removed recorder says so and is not called again", () => {
  const { watching, calls, heard } = make();
  watching.show(shown("A", ["1"]));
  const { events, did } = calls.get("A");
  heard();

  watching.removed("A");
  events.onState("ended");
  watching.again("A", "1");
  calls.get("A").watches = [];
  watching.show(shown("A", ["1", "2"]));

  assert.deepEqual(did, ["end"]);
  assert.deepEqual(calls.get("A").watches, []);
  assert.deepEqual(heard(), ["A/1 removed", "A/2 removed"]);
});

test("leaving the screen ends a recorder's call", () => {
  const { watching, calls } = make();
  watching.show(shown("A", ["1"]));

  watching.show(shown("B", ["1"]));

  assert.deepEqual(calls.get("A").did, ["end"]);
});

test("taking over a used slot is signalled to the camera", () => {
  const { watching, calls, heard } = make();
  watching.show(shown("A", ["1"]));
  calls.get("A").events.onVideo(0, track("t0"));
  for (const slot of [1, 2, 3]) calls.get("A").events.onVideo(slot, track(`t${slot}`));
  assert.deepEqual(heard(), ["A/1 waiting", "A/1 t0"]);

  watching.show(shown("A", ["2", "3", "4", "5"]));

  assert.deepEqual(heard().filter((text) => text.includes("reused")), [
    "A/2 t1 reused",
    "A/3 t2 reused",
    "A/4 t3 reused",
    "A/5 t0 reused",
  ]);
});

test("an error stays on the screen until the call connects", () => {
  const { watching, calls, heard } = make();
  watching.show(shown("A", ["1"]));
  const { events } = calls.get("A");
  heard();

  events.onState("connecting");
  events.onState("away", "recorder-offline");
  events.onState("connecting");
  events.onState("up");

  assert.deepEqual(heard(), ["A/1 waiting", "A/1 recorder-offline", "A/1 recorder-offline", "A/1 waiting"]);
});

test("try again clears the error and requests the right slot", () => {
  const { watching, calls, heard } = make();
  watching.show(shown("A", ["1", "2"]));
  calls.get("A").events.onState("away", "no-path");
  heard();

  watching.again("A", "2");
  watching.again("A", "9");
  watching.again("Z", "1");

  assert.deepEqual(calls.get("A").did, ["again 1"]);
  assert.deepEqual(heard(), ["A/1 waiting", "A/2 waiting"]);
});

test("messages about a removed camera are ignored", () => {
  const { watching, calls, heard } = make();
  watching.show(shown("A", ["1"]));
  watching.show(shown("A", ["2"]));
  heard();

  calls.get("A").events.onSlot({ slot: 0, camera: "1", stream: "sub", state: "playing" });

  assert.deepEqual(heard(), []);
});

test("the reason of a slot reaches its camera", () => {
  const { watching, calls, heard } = make();
  watching.show(shown("A", ["1"]));
  heard();

  calls.get("A").events.onSlot({ slot: 0, camera: "1", stream: "sub", state: "offline", reason: { kind: "full" } });

  assert.deepEqual(heard(), ["A/1 offline full"]);
});

test("only one camera plays audio", () => {
  const { watching, calls } = make();
  watching.show([...shown("A", ["1"]), ...shown("B", ["7"])]);

  watching.listen("B", "7");

  assert.deepEqual([calls.get("A").did, calls.get("B").did], [["listen null"], ["listen 7"]]);
});

test("pictures over a data channel go to the camera in its slot", () => {
  const { watching, calls, heard } = make();
  watching.show(shown("A", ["1"]));
  heard();
  const piece = new Uint8Array(28);
  piece.set([1, 1, 0, 0, 0, 1]);
  piece[21] = 2;

  calls.get("A").events.onPiece(0, piece.buffer);
  calls.get("A").events.onPiece(3, piece.buffer);
  watching.show(shown("A", ["2", "3", "4", "5"]));
  calls.get("A").events.onPiece(0, piece.buffer);

  assert.deepEqual(heard().filter((line) => line.endsWith("bytes")), ["A/1 2 bytes"]);
});

test("H.264 that a browser cannot play is told as such", () => {
  const { watching, calls, heard } = make();
  watching.show(shown("A", ["1", "2"]));
  heard();

  for (const [slot, codec] of ["H264", "H265"].entries()) {
    calls.get("A").events.onSlot({ slot, camera: `${slot + 1}`, stream: "sub", state: "unplayable", codec });
  }

  assert.deepEqual(heard(), ["A/1 no-h264", "A/2 unplayable"]);
});

test("try again in a running call leaves other cameras alone", () => {
  const { watching, calls, heard } = make();
  watching.show(shown("A", ["1", "2"]));
  for (const slot of [0, 1]) calls.get("A").events.onSlot({ slot, camera: `${slot + 1}`, stream: "sub", state: "offline" });
  heard();

  watching.again("A", "2");

  assert.deepEqual([heard(), calls.get("A").did], [["A/2 waiting"], ["again 1"]]);
});

test("a state that comes before its call is up stays", () => {
  const { watching, calls, heard } = make();
  watching.show(shown("A", ["1", "2"]));
  const { events } = calls.get("A");
  const told = { slot: 0, camera: "1", stream: "sub", state: "unplayable" };
  events.onSlot(told);
  heard();

  events.onState("up");
  assert.deepEqual(heard(), ["A/2 waiting"]);

  events.onSlot(told);
  heard();
  events.onState("connecting");
  events.onState("up");
  assert.deepEqual(heard(), ["A/1 waiting", "A/2 waiting", "A/1 waiting", "A/2 waiting"], "another call tells anew");
});
