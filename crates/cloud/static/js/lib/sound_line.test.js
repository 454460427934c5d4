// The audio line: nobody is heard before the recorder's end agrees, nor after the button is
// released.

import assert from "node:assert/strict";
import { test } from "node:test";

import { settle } from "../../../../../tools/js/fakes.js";
import { LOST } from "./rpc.js";
import { SoundLine } from "./sound_line.js";

function make() {
  /** @type {any[]} */
  const did = [];
  const transceiver = (/** @type {string} */ kind) => ({
    direction: "recvonly",
    receiver: { track: { kind } },
    sender: { replaceTrack: async (/** @type {any} */ track) => did.push(track) },
  });
  const transceivers = [transceiver("video"), transceiver("audio")];
  /** @type {(() => void)[]} */
  const answers = [];
  const control = {
    ask: (/** @type {string} */ method, /** @type {any} */ { camera }) => {
      did.push(`${method} ${camera}`);
      return new Promise((resolve) => answers.push(() => resolve({})));
    },
  };
  const line = new SoundLine(/** @type {any} */ ({ getTransceivers: () => transceivers }));
  return { line, did, transceivers, control: /** @type {any} */ (control), answers };
}

test("only the line for sound goes both ways", () => {
  const { line, transceivers } = make();

  line.offered();

  assert.deepEqual(transceivers.map(({ direction }) => direction), ["recvonly", "sendrecv"]);
});

test("sound is sent once the recorder's end agrees", async () => {
  const { line, did, control, answers } = make();

  const talking = line.talk(control, "1", /** @type {any} */ ("voice"));
  await settle();
  assert.deepEqual(did, ["talk 1"]);
  answers[0]?.();
  await talking;

  assert.deepEqual(did, ["talk 1", "voice"]);
});

test("who lets go before the answer is never sent", async () => {
  const { line, did, control, answers } = make();

  const talking = line.talk(control, "1", /** @type {any} */ ("voice"));
  const stopping = line.talk(control, null, null);
  await settle();
  answers.forEach((answer) => answer());
  await Promise.all([talking, stopping]);

  assert.deepEqual(did, ["talk 1", null, "talk null"]);
});

test("without a channel nobody is asked", async () => {
  const { line } = make();

  await assert.rejects(line.talk(undefined, "1", /** @type {any} */ ("voice")), { code: LOST });
});
