// Push-to-talk: when the microphone is open, and the message when nobody is heard.

import assert from "node:assert/strict";
import { test } from "node:test";

import { settle } from "../../../../../tools/js/fakes.js";
import { RpcError } from "./rpc.js";
import { Talk, talkTrouble } from "./talk.js";

function make(isAtRecorder = false) {
  /** @type {string[]} */
  const did = [];
  /** @type {((value: any) => void)[]} */
  const microphones = [];
  const track = { onended: /** @type {any} */ (null), stop: () => did.push("microphone off") };
  const peer = {
    refusal: /** @type {Error | undefined} */ (undefined),
    onEnded: /** @type {((cause: unknown) => void) | undefined} */ (undefined),
    talk: async (/** @type {string | null} */ camera, /** @type {unknown} */ _track, /** @type {any} */ onEnded) => {
      did.push(`talk ${camera}`);
      peer.onEnded = onEnded ?? peer.onEnded;
      if (peer.refusal && camera) throw peer.refusal;
    },
  };
  const world = { peer: /** @type {any} */ (peer), did, track, microphones };
  const talk = new Talk({
    camera: "7",
    isAtRecorder,
    openMicrophone: () => new Promise((resolve) => microphones.push(resolve)),
    peer: () => world.peer,
    onState: (state, words) => did.push(words ? `${state}: ${words}` : state),
  });
  return Object.assign(world, { talk });
}

/** @param {ReturnType<typeof make>} world */
async function speaks({ talk, microphones, track, did }) {
  void talk.press(0);
  microphones.at(-1)?.(track);
  await settle();
  return did.splice(0);
}

test("the camera listens while the button is held", async () => {
  const world = make();

  const begun = await speaks(world);
  void world.talk.press(0);
  world.talk.release(500);
  world.talk.release(500);

  assert.deepEqual(begun, ["opening", "talk 7", "live: talk-live"]);
  assert.deepEqual(world.did, ["microphone off", "talk null", "idle"]);
});

test("a button released before the microphone opens talks to nobody", async () => {
  const { talk, did, microphones, track } = make();

  void talk.press(0);
  talk.release(500);
  microphones[0]?.(track);
  await settle();

  assert.deepEqual(did, ["opening", "idle: talk-hold-on", "microphone off"]);
});

test("somebody else who talks is named", async () => {
  const world = make();
  world.peer.refusal = new RpcError(409, "busy", { "peerview/talkedBy": { name: "ben" } });

  const begun = await speaks(world);

  assert.deepEqual(begun, ["opening", "talk 7", "microphone off", "talk null", "trouble: talk-somebody"]);
  assert.equal(world.talk.isHeld, false);
});

test("whoever talks in another window is told that it is them", () => {
  const byBen = new RpcError(409, "busy", { "peerview/talkedBy": { name: "ben" } });

  assert.deepEqual(["ben", "ana", undefined].map((me) => talkTrouble(byBen, me)), ["talk-self", "talk-somebody", "talk-somebody"]);
});

test("a talk ends with its connection, and with its microphone", async () => {
  const world = make();
  await speaks(world);
  world.talk.check();
  assert.deepEqual(world.did, []);

  world.peer = undefined;
  world.talk.check();
  assert.deepEqual(world.did.splice(0), ["microphone off", "talk null", "trouble: talk-lost"]);

  world.peer = { talk: async () => {} };
  await speaks(world);
  world.track.onended();
  assert.deepEqual(world.did, ["microphone off", "trouble: talk-no-microphone"]);
});

test("each trouble has words of its own", () => {
  const named = (/** @type {string} */ name) => talkTrouble({ name });
  assert.equal(named("NotAllowedError"), "talk-refused");
  assert.equal(named("NotFoundError"), "talk-no-microphone");
  assert.equal(named("InsecureContextError"), "talk-insecure");
  assert.equal(named("NotReadableError"), "talk-microphone-busy");
  const refused = (/** @type {number} */ code) => talkTrouble(new RpcError(code, ""));
  assert.deepEqual([403, 409, 501, 480].map(refused), [
    "talk-forbidden",
    "talk-line-in-use",
    "talk-unsupported",
    "talk-failed",
  ]);
  for (const by of [{}, { name: 7 }, "ben", null]) {
    assert.equal(talkTrouble(new RpcError(409, "", { "peerview/talkedBy": by })), "talk-line-in-use");
  }
});

test("a talk that the recorder ends closes the microphone and says why", async () => {
  for (const [cause, words] of [
    ["closed", "talk-closed"],
    ["lost", "talk-lost"],
    ["silent", "talk-silent"],
    [undefined, "talk-closed"],
  ]) {
    const world = make();
    await speaks(world);

    world.peer.onEnded(cause);
    // Whoever still holds the button has nothing more to end.
    world.talk.release(500);

    assert.deepEqual(world.did, ["microphone off", "talk null", `trouble: ${words}`]);
    assert.equal(world.talk.isHeld, false);
  }
});

test("the end of an earlier talk is none of the next one", async () => {
  const world = make();
  await speaks(world);
  const earlier = world.peer.onEnded;
  world.talk.release(500);
  await speaks(world);

  earlier("closed");

  assert.deepEqual(world.did, []);
  assert.equal(world.talk.isHeld, true);
});

test("a tap leaves the microphone open until the next press", async () => {
  for (const [isAtRecorder, words] of /** @type {const} */ ([[false, "talk-locked"], [true, "talk-locked-recorder"]])) {
    const world = make(isAtRecorder);

    void world.talk.press(0);
    world.talk.release(100);
    world.microphones[0]?.(world.track);
    await settle();
    // The page lost the focus, or the finger was lifted twice.
    world.talk.release(100);
    assert.deepEqual(world.did.splice(0), ["opening", "opening: talk-opening", "talk 7", `live: ${words}`]);
    assert.equal(world.talk.isHeld, true);

    void world.talk.press(0);
    world.talk.release(100);
    assert.deepEqual(world.did, ["microphone off", "talk null", "idle"]);
  }
});

test("a tap while one is heard goes on talking", async () => {
  const world = make();
  void world.talk.press(0);
  world.microphones[0]?.(world.track);
  await settle();

  world.talk.release(100);

  assert.deepEqual(world.did, ["opening", "talk 7", "live: talk-live", "live: talk-locked"]);
});

test("whoever leaves is not heard any more", async () => {
  const world = make();
  void world.talk.press(0);
  world.talk.release(100);
  world.microphones[0]?.(world.track);
  await settle();
  world.did.length = 0;

  world.talk.end();
  world.talk.end();

  assert.deepEqual(world.did, ["microphone off", "talk null", "idle"]);
});

test("who talks is said before anybody presses", async () => {
  const world = make();

  world.talk.learn("ben");
  world.talk.learn("");
  assert.deepEqual(world.did.splice(0), ["idle: talk-somebody", "idle"]);
  await speaks(world);
  world.talk.learn("ben");

  assert.deepEqual(world.did, [], "whoever talks here is told of nobody else");
  world.talk.end();
});

test("a recorder that refuses says which right is missing", () => {
  assert.equal(talkTrouble(new RpcError(502, "refused")), "panel-refused");
});
