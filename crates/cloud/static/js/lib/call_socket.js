// The viewer's WebSocket to the cloud: registers, tells who is online, carries the set-up of calls,
// and comes back by itself. Calls that are up do not need it. A doubtful socket is not closed before
// another one is open beside it.

import { backoff } from "./clock.js";
import { Rpc, RpcError } from "./rpc.js";

/** @import {Clock} from "./clock.js" */
/** @import {Params} from "./rpc.js" */
/** @typedef {{id: string, name: string, isOnline: boolean}} Camera */
/** @typedef {{serial: string, name: string, isOnline: boolean, lastSeen?: number, isRemoved?: boolean, cameras: Camera[]}} Presence */
/** @typedef {{onInvite(params: Params): Promise<Params>, onTrickle(params: Params): void, onClose(params: Params): void, wantsRestart(): boolean, onGone(): void}} CallEnd */
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
/** A socket that somebody doubts has so long to answer; then another one is dialled beside it. */
const ANSWER_MS = 300;
/** A connection that takes longer is tried again: a network that was away may be back. Grows with each try. */
const CONNECT_MS = 4_000;
const MOST_CONNECT_MS = 20_000;

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
  /** @type {unknown} */
  #connectTimer;
  /** @type {SocketLike | undefined} Dialled beside a doubtful one. */
  #beside;
  /** @type {unknown} */
  #besideTimer;
  #isDoubted = false;
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
    this.#clock.clearTimeout(this.#connectTimer);
    this.#dropBeside();
    this.#socket?.close();
  }

  /** The network is back or the page is seen again: no need to wait any longer. */
  wake() {
    if (this.#isStopped || this.#socket) return;
    this.#clock.clearTimeout(this.#timer);
    this.#dial();
  }

  /** Whether it lives is not sure: asks, and dials another one beside it unless it answers. */
  doubt() {
    const socket = this.#socket;
    if (!socket || !this.#isOpen || this.#isDoubted || this.#beside) return;
    this.#isDoubted = true;
    this.#rpc.request("register", {}, ANSWER_MS).then(
      () => (this.#isDoubted = false),
      () => {
        this.#isDoubted = false;
        if (socket === this.#socket) this.#dialBeside();
      },
    );
  }

  /**
   * Waits for the socket where it is not open yet. A request without an answer means that the
   * socket is dead without knowing it, so it is dialled again.
   * @param {string} method
   * @param {Params} params
   * @param {number} [timeoutMs] For who does not wait that long; it says nothing about the socket.
   */
  async request(method, params, timeoutMs) {
    const socket = this.#socket;
    try {
      return await this.#rpc.request(method, params, timeoutMs);
    } catch (error) {
      const isDead = timeoutMs === undefined && error instanceof RpcError && error.message.startsWith("no answer");
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
    const patience = Math.min(MOST_CONNECT_MS, CONNECT_MS * (this.#attempt + 1));
    this.#connectTimer = this.#clock.setTimeout(() => this.#closed(socket, 0), patience);
    this.#use(socket);
    socket.onopen = () => this.#opened(socket);
  }

  #dialBeside() {
    const beside = this.#open();
    this.#beside = beside;
    this.#besideTimer = this.#clock.setTimeout(() => this.#dropBeside(), CONNECT_MS);
    beside.onopen = () => {
      this.#beside = undefined;
      this.#clock.clearTimeout(this.#besideTimer);
      if (this.#socket) close(this.#socket);
      // What was asked on the old one may never be answered.
      this.#rpc.fail(new RpcError(1002, "the connection to the cloud was replaced"));
      this.#use(beside);
      this.#opened(beside);
    };
    beside.onclose = () => beside === this.#beside && this.#dropBeside();
  }

  #dropBeside() {
    this.#clock.clearTimeout(this.#besideTimer);
    if (this.#beside) close(this.#beside);
    this.#beside = undefined;
  }

  /** @param {SocketLike} socket */
  #use(socket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      // It lives, if only slowly.
      this.#dropBeside();
      this.#rpc.receive(data);
    };
    socket.onclose = ({ code }) => this.#closed(socket, code);
  }

  /** @param {SocketLike} socket */
  #opened(socket) {
    const waiting = this.#unsent;
    this.#unsent = [];
    this.#isOpen = true;
    this.#clock.clearTimeout(this.#connectTimer);
    this.#rpc.request("register", {}).then(() => (this.#attempt = 0), () => socket === this.#socket && socket.close());
    this.#calls.forEach((end, session) => this.#resume(session, end));
    waiting.forEach((text) => socket.send(text));
  }

  /** What is said about a call shall come over this socket. @param {string} session @param {CallEnd} end */
  #resume(session, end) {
    const method = end.wantsRestart() ? "peerview/restart" : "peerview/resume";
    this.#rpc.request(method, { session }).catch((error) => {
      if (error.code === 404 || error.code === 410) end.onGone();
    });
  }

  /** @param {SocketLike} socket @param {number} code */
  #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.#clock.clearTimeout(this.#connectTimer);
    this.#dropBeside();
    close(socket);
    this.#socket = undefined;
    this.#isOpen = this.#isDoubted = false;
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

/** @param {SocketLike} socket */
function close(socket) {
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close();
}
