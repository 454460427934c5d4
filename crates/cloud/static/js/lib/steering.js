// PTZ: a command moves the camera only for a moment, and is renewed while somebody holds a button. So a camera
// whose viewer is gone stops by itself. No DOM.

import { refusalWords } from "./refusals.js";
import { say } from "./say.js";

/** @import {Clock} from "./clock.js" */
/** @import {Params} from "./rpc.js" */
/** @typedef {{do: "move", pan?: number, tilt?: number, zoom?: number} | {do: "focus" | "iris", speed: number}} Movement */
/** @typedef {"idle" | "moving" | "trouble"} SteeringState */
/**
 * @typedef {object} SteeringOptions
 * @property {(params: Params) => Promise<any>} ask
 * @property {Clock} clock
 * @property {string} [me] The name of whoever steers here.
 * @property {(state: SteeringState, words: string) => void} onState
 */

/** A movement lasts so long without a renewal, and the time of an answer longer: at most two seconds. */
const SPAN_MS = 600;
const MOST_SPAN_MS = 2_000;
/** Between two orders, the second a renewal, or another direction or speed. */
const [RENEW_MS, CHANGE_MS] = [250, 120];
/** Whoever only taps moves the camera for so long. */
const TAP_MS = 250;
const MOST_WAIT_S = 60;
/** A name is no longer than this, whoever is at the other end. */
const MAX_NAME = 64;
/** Share of a pad's radius in which nothing moves. */
const STILL = 0.15;

export class Steering {
  #options;
  /** @type {Movement | undefined} */
  #wanted;
  /** @type {Movement | undefined} */
  #sent;
  #isSending = false;
  #sentAt = -Infinity;
  #heldAt = 0;
  #answerMs = 0;
  /** @type {unknown} */
  #timer;
  /** @type {unknown} */
  #release;
  /** @type {unknown} */
  #free;
  /** Who else steers. */
  #other = "";

  /** @param {SteeringOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** Moves, or goes on in another direction, until it is released. @param {Movement} movement */
  hold(movement) {
    const { clock, onState } = this.#options;
    clock.clearTimeout(this.#release);
    clock.clearTimeout(this.#free);
    if (!this.#wanted) {
      this.#heldAt = clock.now();
      onState("moving", "");
    }
    this.#wanted = movement;
    this.#schedule();
  }

  /** Nobody holds it any more. */
  release() {
    if (!this.#wanted) return;
    const { clock } = this.#options;
    const left = this.#heldAt + TAP_MS - clock.now();
    clock.clearTimeout(this.#release);
    if (left > 0) this.#release = clock.setTimeout(() => this.stop(), left);
    else this.stop();
  }

  /** Stops at once whatever moves from here. */
  stop() {
    if (!this.#wanted) return;
    this.#forget();
    // If this is lost, the movement ends by itself.
    this.#options.ask({ do: "stop" }).catch(() => {});
    this.#options.onState("idle", "");
  }

  /** An order that is no movement. The answer, or nothing if it was refused, which is said. @param {Params} order */
  async order(order) {
    try {
      return await this.#options.ask(order);
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  /** Somebody else steers, or nobody does any more. @param {string} name Empty for nobody. */
  learn(name) {
    this.#other = name.slice(0, MAX_NAME);
    if (!this.#wanted) this.#sayOther();
  }

  #sayOther() {
    const { clock, onState, me } = this.#options;
    clock.clearTimeout(this.#free);
    const name = this.#other;
    if (!name) return onState("idle", say("ptz-free"));
    onState("idle", name === me ? say("ptz-self") : say("ptz-somebody", { name }));
  }

  /** The panel is closed. */
  end() {
    this.stop();
    this.#options.clock.clearTimeout(this.#free);
  }

  #forget() {
    this.#wanted = this.#sent = undefined;
    this.#options.clock.clearTimeout(this.#timer);
    this.#options.clock.clearTimeout(this.#release);
  }

  #schedule() {
    if (this.#isSending || !this.#wanted) return;
    const { clock } = this.#options;
    clock.clearTimeout(this.#timer);
    const pause = isSame(this.#wanted, this.#sent) ? RENEW_MS : CHANGE_MS;
    const wait = this.#sentAt + pause - clock.now();
    if (wait <= 0) void this.#send(this.#wanted);
    else this.#timer = clock.setTimeout(() => this.#schedule(), wait);
  }

  /** @param {Movement} movement */
  async #send(movement) {
    const { ask, clock } = this.#options;
    this.#isSending = true;
    this.#sent = movement;
    this.#sentAt = clock.now();
    const ms = Math.round(Math.min(MOST_SPAN_MS, SPAN_MS + this.#answerMs));
    try {
      await ask({ ...movement, ms });
      this.#answerMs = clock.now() - this.#sentAt;
    } catch (error) {
      // A movement that has ended meanwhile is of no interest.
      if (this.#wanted) this.#fail(error);
    }
    this.#isSending = false;
    this.#schedule();
  }

  /** @param {any} error */
  #fail(error) {
    this.#forget();
    const { clock, onState } = this.#options;
    const by = error?.data?.["peerview/steeredBy"];
    if (!by) return onState("trouble", refusalWords(error, "ptz-forbidden"));
    const seconds = Math.min(MOST_WAIT_S, Math.max(1, Math.ceil(Number(by.seconds)) || 1));
    clock.clearTimeout(this.#free);
    this.#free = clock.setTimeout(() => this.#sayOther(), seconds * 1_000);
    const name = String(by.name ?? "").slice(0, MAX_NAME);
    const isMe = name === this.#options.me;
    onState("trouble", isMe ? say("ptz-steered-self", { n: seconds }) : say("ptz-steered", { name, n: seconds }));
  }
}

/**
 * Where a finger on a pad, or that drags the picture, sends the camera: one of eight directions, the faster the
 * further it is from the centre. Nothing in the middle.
 * @param {number} dx To the right.
 * @param {number} dy Down, as on a screen.
 * @param {number} radius Where the speed is full.
 * @returns {Movement | undefined}
 */
export function movementOf(dx, dy, radius) {
  const share = Math.min(1, Math.hypot(dx, dy) / radius);
  if (!(share > STILL)) return undefined;
  const eighth = Math.round(Math.atan2(-dy, dx) / (Math.PI / 4));
  const speed = Math.max(1, Math.round((100 * (share - STILL)) / (1 - STILL)));
  const sign = (/** @type {number} */ of) => Math.sign(Math.round(of * 10)) * speed || 0;
  const angle = (eighth * Math.PI) / 4;
  return { do: "move", pan: sign(Math.cos(angle)), tilt: sign(Math.sin(angle)) };
}

/** @param {Movement} a @param {Movement | undefined} b */
function isSame(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}
