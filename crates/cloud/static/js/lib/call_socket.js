// The viewer's WebSocket to the cloud: registers, tells who is online, carries the set-up of calls,
// and comes back by itself. Calls that are up do not need it.

import { backoff } from "./clock.js";
import { Rpc, RpcError } from "./rpc.js";

/** @import {Clock} from "./clock.js" */
/** @import {Params} from "./rpc.js" */
/** @typedef {{id: string, name: string, isOnline: boolean}} Camera */
/** @typedef {{serial: string, name: string, isOnline: boolean, lastSeen?: number, isRemoved?: boolean, cameras: Camera[]}} Presence */
/** @typedef {{onInvite(params: Params): Promise<Params>, onTrickle(params: Params): void, onClose(params: Params): void}} CallEnd */
/**
 * @typedef {object} SocketLike
 * @property {(text: string) => void} send
 * @property {() => void} close
 * @property {((event: any) => void) | null} onopen
 * @property {((event: {data: any}) => void) | null} onmessage
 * @property {((event: any) => void) | null} onclose
 */

/** Close code of a session that has ended: trying again would only be refused again. */
export const SIGNED_OUT = 4401;

export class CallSocket {
  #open;
  #clock;
  #rpc;
  /** @type {SocketLike | undefined} */
  #socket;
  #isOpen = false;
  #isStopped = true;
  #attempt = 0;
  /** @type {unknown} */
  #timer;
  /** @type {string[]} */
  #unsent = [];
  /** @type {Map<string, CallEnd>} */
  #calls = new Map();
  /** @type {Set<(presence: Presence) => void>} */
  #presenceListeners = new Set();
  /** @type {Set<(code: number) => void>} */
  #closeListeners = new Set();

  /** @param {{open: () => SocketLike, clock: Clock}} options */
  constructor({ open, clock }) {
    this.#open = open;
    this.#clock = clock;
    this.#rpc = new Rpc({
      clock,
      send: (text) => this.#send(text),
      onRequest: (method, params) => this.#serve(method, params),
      onNotification: (method, params) => this.#notice(method, params),
    });
  }

  get isOpen() {
    return this.#isOpen;
  }

  start() {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#dial();
  }

  stop() {
    this.#isStopped = true;
    this.#clock.clearTimeout(this.#timer);
    this.#socket?.close();
  }

  /** The network is back or the page is seen again: no need to wait any longer. */
  wake() {
    if (this.#isStopped || this.#socket) return;
    this.#clock.clearTimeout(this.#timer);
    this.#dial();
  }

  /**
   * Waits for the socket where it is not open yet. A request without an answer means that the
   * socket is dead without knowing it, so it is dialled again.
   * @param {string} method
   * @param {Params} params
   */
  async request(method, params) {
    const socket = this.#socket;
    try {
      return await this.#rpc.request(method, params);
    } catch (error) {
      const isDead = error instanceof RpcError && error.message.startsWith("no answer");
      if (isDead && socket && socket === this.#socket) this.#closed(socket, 0);
      throw error;
    }
  }

  /** Only while open; a lost candidate is not worth keeping. @param {string} method @param {Params} params */
  notify(method, params) {
    if (this.#isOpen) this.#rpc.notify(method, params);
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

  #dial() {
    const socket = this.#open();
    this.#socket = socket;
    socket.onopen = () => this.#opened(socket);
    socket.onmessage = ({ data }) => this.#rpc.receive(data);
    socket.onclose = ({ code }) => this.#closed(socket, code);
  }

  /** @param {SocketLike} socket */
  #opened(socket) {
    const waiting = this.#unsent;
    this.#unsent = [];
    this.#isOpen = true;
    this.#rpc.request("register", {}).then(() => (this.#attempt = 0), () => socket.close());
    waiting.forEach((text) => socket.send(text));
  }

  /** @param {SocketLike} socket @param {number} code */
  #closed(socket, code) {
    if (socket !== this.#socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.#socket = undefined;
    this.#isOpen = false;
    this.#unsent = [];
    this.#rpc.fail(new RpcError(1002, "the connection to the cloud was lost"));
    this.#closeListeners.forEach((tell) => tell(code));
    if (this.#isStopped || code === SIGNED_OUT) return;
    const wait = backoff(this.#attempt++, 500, 30_000, this.#clock);
    this.#timer = this.#clock.setTimeout(() => this.#dial(), wait);
  }

  /** @param {string} text */
  #send(text) {
    if (this.#isOpen) this.#socket?.send(text);
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
