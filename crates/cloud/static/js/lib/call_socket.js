// The viewer's WebSocket to the cloud: registers, tells who is online, carries the set-up of calls,
// and comes back by itself. Calls that are up do not need it.

import { Line } from "./line.js";
import { LOST, Rpc, RpcError } from "./rpc.js";

/** @import {Clock} from "./clock.js" */
/** @import {SocketLike} from "./line.js" */
/** @import {Params} from "./rpc.js" */
/** @import {Reason} from "./words.js" */
/** @typedef {"no-cloud" | "cloud-full"} LossReason */
/** @typedef {{id: string, name: string, isOnline: boolean, reason?: Reason}} Camera */
/** @typedef {{serial: string, name: string, isOnline: boolean, lastSeen?: number, isRemoved?: boolean, cameras: Camera[], reason?: Reason}} Presence */
/**
 * @typedef {object} CallEnd
 * @property {(params: Params) => Promise<Params>} onInvite
 * @property {(params: Params) => void} onTrickle
 * @property {(params: Params) => void} onClose
 * @property {() => boolean} wantsRestart
 * @property {() => void} onGone The cloud does not know this call any more.
 */

export { SIGNED_OUT } from "./line.js";

/** Close code of a socket that was refused, or lost without a word (RFC 6455 §7.4.1). */
const ABNORMAL = 1006;
/** A socket that somebody doubts has so long to answer. */
const ANSWER_MS = 300;

export class CallSocket {
  #line;
  #rpc;
  /** @type {string[]} */
  #unsent = [];
  /** @type {Map<string, CallEnd>} */
  #calls = new Map();
  /** @type {Set<(presence: Presence) => void>} */
  #presenceListeners = new Set();
  /** @type {Set<(code: number) => void>} */
  #closeListeners = new Set();
  #isFull;
  /** Whether the last socket was refused because the cloud has no place free. */
  #wasFull = Promise.resolve(false);

  /** @param {{open: () => SocketLike, isFull: () => Promise<boolean>, clock: Clock}} options `isFull` asks the cloud whether it has no place for a socket. */
  constructor({ open, isFull, clock }) {
    this.#isFull = isFull;
    this.#line = new Line(open, clock, {
      onOpen: () => this.#opened(),
      onText: (text) => this.#rpc.receive(text),
      onReplaced: () => this.#rpc.fail(new RpcError(LOST, "the connection to the cloud was replaced")),
      onLost: (code, wasOpen) => this.#lost(code, wasOpen),
    });
    this.#rpc = new Rpc({
      clock,
      send: (text) => this.#send(text),
      onRequest: (method, params) => this.#serve(method, params),
      onNotification: (method, params) => this.#notice(method, params),
    });
  }

  get isOpen() {
    return this.#line.isOpen;
  }

  /** Why there is no socket. A browser does not say why one was refused. @returns {Promise<LossReason>} */
  async lossReason() {
    return (await this.#wasFull) ? "cloud-full" : "no-cloud";
  }

  start() {
    this.#line.start();
  }

  stop() {
    this.#line.stop();
  }

  /** The network is back or the page is seen again: no need to wait any longer. */
  wake() {
    this.#line.wake();
  }

  /** Something suggests that the socket is dead: asks, and replaces it unless it answers. */
  doubt() {
    this.#line.doubt(() => this.#rpc.request("register", {}, ANSWER_MS));
  }

  /**
   * Waits for the socket where it is not open yet. A request without an answer means that the
   * socket is dead without knowing it, so it is dialled again.
   * @param {string} method
   * @param {Params} params
   * @param {number} [timeoutMs] For who does not wait that long; it says nothing about the socket.
   */
  async request(method, params, timeoutMs) {
    const { socket } = this.#line;
    try {
      return await this.#rpc.request(method, params, timeoutMs);
    } catch (error) {
      const isDead = timeoutMs === undefined && error instanceof RpcError && error.message.startsWith("no answer");
      if (isDead) this.#line.lose(socket, 0);
      throw error;
    }
  }

  /** Only while open; a lost candidate is not worth keeping. @param {string} method @param {Params} params */
  notify(method, params) {
    if (this.isOpen) this.#rpc.notify(method, params);
  }

  /** Leads what is said about `session` to `end`. @param {string} session @param {CallEnd} end */
  addCall(session, end) {
    this.#calls.set(session, end);
  }

  /** @param {string} session */
  removeCall(session) {
    this.#calls.delete(session);
  }

  /** @param {(presence: Presence) => void} listener */
  onPresence(listener) {
    this.#presenceListeners.add(listener);
  }

  /** Hears the close code of every socket that is lost. @param {(code: number) => void} listener */
  onLost(listener) {
    this.#closeListeners.add(listener);
  }

  #opened() {
    const { socket } = this.#line;
    const waiting = this.#unsent;
    this.#unsent = [];
    this.#rpc.request("register", {}).then(() => this.#line.succeeded(), () => socket?.close());
    this.#calls.forEach((end, session) => this.#resume(session, end));
    waiting.forEach((text) => this.#line.send(text));
  }

  /** What is said about a call shall come over this socket. @param {string} session @param {CallEnd} end */
  #resume(session, end) {
    const method = end.wantsRestart() ? "peerview/restart" : "peerview/resume";
    this.#rpc.request(method, { session }).catch((error) => {
      if (error.code === 404 || error.code === 410) end.onGone();
    });
  }

  /** @param {number} code @param {boolean} wasOpen */
  #lost(code, wasOpen) {
    this.#unsent = [];
    const isRefused = code === ABNORMAL && !wasOpen;
    this.#wasFull = isRefused ? this.#isFull().catch(() => false) : Promise.resolve(false);
    this.#rpc.fail(new RpcError(LOST, "the connection to the cloud was lost"));
    this.#closeListeners.forEach((tell) => tell(code));
  }

  /** @param {string} text */
  #send(text) {
    if (this.isOpen) this.#line.send(text);
    else this.#unsent.push(text);
  }

  /** @param {string} method @param {Params} params @returns {Promise<Params>} */
  async #serve(method, params) {
    const call = this.#calls.get(params.session);
    if (method === "invite" && call) return call.onInvite(params);
    if (method === "close") {
      call?.onClose(params);
      return {};
    }
    throw method === "invite" ? new RpcError(404, "no such session") : new RpcError(-32601, "no such method");
  }

  /** @param {string} method @param {Params} params */
  #notice(method, params) {
    const call = this.#calls.get(params.session);
    if (method === "trickle") call?.onTrickle(params);
    else if (method === "close" || method === "error") call?.onClose(params);
    else if (method === "peerview/presence") {
      this.#presenceListeners.forEach((tell) => tell(/** @type {Presence} */ (params)));
    }
  }
}

