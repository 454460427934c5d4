// Push-to-talk: the microphone is open, and the camera accepts its sound, only while the button is held; or from one
// tap to the next press. No DOM.

import { LOST, RpcError } from "./rpc.js";
import { say } from "./say.js";

/** @typedef {"idle" | "opening" | "live" | "trouble"} TalkState */
/**
 * @typedef {object} TalkPeer
 * @property {(camera: string | null, track: MediaStreamTrack | null, onEnded?: (cause: unknown) => void) => Promise<void>} talk
 */
/**
 * @typedef {object} TalkOptions
 * @property {string} camera
 * @property {string} [me] The name of whoever talks here.
 * @property {boolean} isAtRecorder Whether one is heard at the recorder.
 * @property {() => Promise<MediaStreamTrack>} openMicrophone
 * @property {() => TalkPeer | undefined} peer The connection to the recorder, while there is one.
 * @property {(state: TalkState, words: string) => void} onState
 */

/** Key of what to do when the microphone does not open, by the name of the error (W3C Media Capture §10.2). */
const MICROPHONE_KEYS = new Map([
  ["NotAllowedError", "talk-refused"],
  ["SecurityError", "talk-refused"],
  ["NotFoundError", "talk-no-microphone"],
  ["OverconstrainedError", "talk-no-microphone"],
  ["InsecureContextError", "talk-insecure"],
]);
/** Key of what to do when the recorder's end refuses, by its code. */
const REFUSAL_KEYS = new Map([
  [403, "talk-forbidden"],
  [409, "talk-line-in-use"],
  [501, "talk-unsupported"],
  [502, "panel-refused"],
]);
/** Key of why a talk is over that the recorder's end has ended. */
const END_KEYS = new Map([
  ["closed", "talk-closed"],
  ["lost", "talk-lost"],
  ["silent", "talk-silent"],
]);
/** Whoever lets go sooner has tapped, and goes on talking. */
const TAP_MS = 350;
/** A name is no longer than this, whoever is at the other end. */
const MAX_NAME = 64;

export class Talk {
  #options;
  /** @type {object | undefined} One for each time that the button is held. */
  #hold;
  #heldAt = 0;
  /** Whether it goes on without being held. */
  #isLocked = false;
  /** @type {MediaStreamTrack | undefined} */
  #track;
  /** @type {TalkPeer | undefined} */
  #peer;
  #isLive = false;

  /** @param {TalkOptions} options */
  constructor(options) {
    this.#options = options;
  }

  get isHeld() {
    return this.#hold !== undefined;
  }

  /** @param {number} at When, in milliseconds. */
  async press(at) {
    if (this.#isLocked) return this.end();
    if (this.#hold) return;
    const hold = (this.#hold = {});
    this.#heldAt = at;
    const { camera, openMicrophone, peer, onState } = this.#options;
    onState("opening", "");
    try {
      const track = await openMicrophone();
      // Released meanwhile, most often to answer the browser's question.
      if (hold !== this.#hold) return track.stop();
      this.#track = track;
      track.onended = () => hold === this.#hold && this.#fail(say("talk-no-microphone"));
      this.#peer = peer();
      if (!this.#peer) throw new RpcError(LOST, "no connection");
      const fail = (/** @type {unknown} */ cause) => hold === this.#hold && this.#fail(say(END_KEYS.get(String(cause)) ?? "talk-closed"));
      await this.#peer.talk(camera, track, fail);
      if (hold !== this.#hold) return;
      this.#isLive = true;
      this.#sayLive();
    } catch (error) {
      if (hold === this.#hold) this.#fail(talkTrouble(error, this.#options.me));
    }
  }

  /** @param {number} at */
  release(at) {
    if (!this.#hold || this.#isLocked) return;
    if (at - this.#heldAt < TAP_MS) {
      this.#isLocked = true;
      if (this.#isLive) this.#sayLive();
      else this.#options.onState("opening", say("talk-opening"));
      return;
    }
    const words = this.#isLive ? "" : say("talk-hold-on");
    this.#stop();
    this.#options.onState("idle", words);
  }

  /** The person leaves: nobody is heard any more, however the talk began. */
  end() {
    if (!this.#hold) return;
    this.#stop();
    this.#options.onState("idle", "");
  }

  /** Somebody else talks, or nobody does any more. @param {string} name Empty for nobody. */
  learn(name) {
    if (!this.#hold) this.#options.onState("idle", name && somebody(name, this.#options.me));
  }

  /** Something about the call has changed: a talk ends with its connection. */
  check() {
    if (this.#peer && this.#peer !== this.#options.peer()) this.#fail(say("talk-lost"));
  }

  #sayLive() {
    const [atCamera, atRecorder] = this.#isLocked ? ["talk-locked", "talk-locked-recorder"] : ["talk-live", "talk-live-recorder"];
    this.#options.onState("live", say(this.#options.isAtRecorder ? atRecorder : atCamera));
  }

  /** @param {string} words */
  #fail(words) {
    this.#stop();
    this.#options.onState("trouble", words);
  }

  #stop() {
    this.#hold = undefined;
    this.#isLive = this.#isLocked = false;
    if (this.#track) this.#track.onended = null;
    this.#track?.stop();
    this.#peer?.talk(null, null).catch(() => {});
    this.#track = this.#peer = undefined;
  }
}

/** Why nobody is heard, and what to do. @param {any} error @param {string} [me] @returns {string} */
export function talkTrouble(error, me) {
  if (!(error instanceof RpcError)) return say(MICROPHONE_KEYS.get(error?.name) ?? "talk-microphone-busy");
  const name = error.data?.["peerview/talkedBy"]?.name;
  if (typeof name === "string" && name) return somebody(name, me);
  return say(REFUSAL_KEYS.get(error.code) ?? "talk-failed");
}

/** @param {string} name @param {string} [me] */
function somebody(name, me) {
  return name === me ? say("talk-self") : say("talk-somebody", { name: name.slice(0, MAX_NAME) });
}
