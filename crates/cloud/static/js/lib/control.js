// The control channel of a call, end to end with the recorder: which camera is in which slot, whose
// sound is heard. Keeps what is wanted, and tells only what differs from what was told.

import { LOST, Rpc, RpcError } from "./rpc.js";

/** @import {Clock} from "./clock.js" */
/** @import {Camera} from "./call_socket.js" */
/** @import {Params} from "./rpc.js" */
/** @import {ToldPath} from "./stats.js" */
/** @typedef {"main" | "sub" | "auto" | "clear" | "balanced" | "fluent"} StreamKind What may be asked for. */
/** @typedef {{slot: number, camera: string, stream: StreamKind}} Watch */
/** @typedef {"waiting" | "playing" | "offline" | "unplayable" | "refused"} SlotState */
/** @import {Reason} from "./words.js" */
/** @typedef {Watch & {state: SlotState, reason?: Reason, sent?: string, note?: string, codec?: string, width?: number, height?: number}} Slot */
/**
 * @typedef {object} ChannelLike
 * @property {string} readyState
 * @property {(text: string) => void} send
 * @property {((event: any) => void) | null} onopen
 * @property {((event: {data: any}) => void) | null} onmessage
 * @property {((event: any) => void) | null} onclose
 */
/**
 * @typedef {object} ControlEvents
 * @property {(slot: Slot) => void} onSlot
 * @property {(cameras: Camera[]) => void} onCameras
 * @property {() => void} onClose
 */

export const PROTOCOL = "peerview.control.1";
/** The recorder's end answers within 10 s, even if its recorder does not. */
const ANSWER_MS = 12_000;

export class Control {
  /** What the recorder's end said last about the path. @type {ToldPath | undefined} */
  path;
  /** A talk is over that was not ended here. @type {((cause: unknown) => void) | undefined} */
  onTalkEnded;
  #channel;
  #events;
  #rpc;
  /** @type {Map<number, Watch>} */
  #wanted = new Map();
  /** @type {Map<number, Watch>} */
  #told;
  /** @type {string | null} */
  #listening = null;
  /** @type {string | null} */
  #toldListening = null;
  #nReceived = 0;

  /**
   * @param {ChannelLike} channel
   * @param {Clock} clock
   * @param {Watch[]} told What the connect request asked for already.
   * @param {ControlEvents} events
   */
  constructor(channel, clock, told, events) {
    this.#channel = channel;
    this.#events = events;
    this.#told = new Map(told.map((watch) => [watch.slot, watch]));
    this.#wanted = new Map(this.#told);
    this.#rpc = new Rpc({
      clock,
      send: (text) => channel.send(text),
      onNotification: (method, params) => {
        if (method === "slot") events.onSlot(/** @type {Slot} */ (params));
        if (method === "cameras") events.onCameras(params.cameras ?? []);
        if (method === "path") this.path = /** @type {ToldPath} */ (params);
        if (method === "talkEnded") this.onTalkEnded?.(params.cause);
      },
    });
    channel.onopen = () => this.#tell();
    channel.onmessage = ({ data }) => {
      this.#nReceived += 1;
      this.#rpc.receive(data);
    };
    channel.onclose = () => {
      this.end();
      events.onClose();
    };
  }

  /** Messages so far; undefined while the channel is not open. */
  get nReceived() {
    return this.#channel.readyState === "open" ? this.#nReceived : undefined;
  }

  /** Asks for a sign of life; an agent that knows no ping refuses it, and that is one too. */
  ping() {
    if (this.#channel.readyState === "open") this.#rpc.request("ping").catch(() => {});
  }

  /** @param {Watch[]} watches */
  watch(watches) {
    this.#wanted = new Map(watches.map((watch) => [watch.slot, watch]));
    this.#tell();
  }

  /** Asks once more for what a slot should show. @param {number} slot */
  again(slot) {
    this.#told.delete(slot);
    this.#tell();
  }

  /** @param {string | null} camera */
  listen(camera) {
    this.#listening = camera;
    this.#tell();
  }

  /**
   * Asks the recorder's end for anything else.
   * @param {string} method
   * @param {Params} params
   * @param {number} [timeoutMs]
   * @returns {Promise<any>}
   */
  async ask(method, params, timeoutMs = ANSWER_MS) {
    if (this.#channel.readyState !== "open") throw new RpcError(LOST, "the channel is not open");
    return this.#rpc.request(method, params, timeoutMs);
  }

  /** The connection is over: nothing that waits is answered any more. */
  end() {
    this.#rpc.fail(new RpcError(LOST, "the connection is over"));
  }

  #tell() {
    if (this.#channel.readyState !== "open") return;
    for (const slot of this.#told.keys()) {
      if (!this.#wanted.has(slot)) {
        this.#told.delete(slot);
        this.#rpc.request("unwatch", { slot }).catch(() => {});
      }
    }
    for (const [slot, watch] of this.#wanted) {
      if (!isSame(this.#told.get(slot), watch)) this.#tellWatch(slot, watch);
    }
    if (this.#toldListening !== this.#listening) {
      this.#toldListening = this.#listening;
      this.#rpc.request("listen", { camera: this.#listening }).catch(() => {});
    }
  }

  /** @param {number} slot @param {Watch} watch */
  #tellWatch(slot, watch) {
    this.#told.set(slot, watch);
    this.#rpc.request("watch", watch).then(
      (state) => this.#isWanted(watch) && this.#events.onSlot({ ...watch, ...state }),
      // Why a connection is lost is said elsewhere.
      ({ code }) => code !== LOST && this.#isWanted(watch) && this.#events.onSlot({ ...watch, state: "offline" }),
    );
  }

  /** @param {Watch} watch */
  #isWanted(watch) {
    return isSame(this.#wanted.get(watch.slot), watch);
  }
}

/** @param {Watch | undefined} a @param {Watch} b */
function isSame(a, b) {
  return a?.camera === b.camera && a.stream === b.stream;
}
