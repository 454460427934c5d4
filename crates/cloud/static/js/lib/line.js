// One WebSocket that comes back by itself. Where it may be dead it is not closed before a second one is
// open beside it.

import { backoff } from "./clock.js";

/** @import {Clock} from "./clock.js" */
/**
 * @typedef {object} SocketLike
 * @property {(text: string) => void} send
 * @property {() => void} close
 * @property {((event: any) => void) | null} onopen
 * @property {((event: {data: any}) => void) | null} onmessage
 * @property {((event: any) => void) | null} onclose
 */
/**
 * @typedef {object} LineEvents
 * @property {() => void} onOpen
 * @property {(text: unknown) => void} onText
 * @property {() => void} onReplaced A second one is open, and what went out on the first may be lost.
 * @property {(code: number, wasOpen: boolean) => void} onLost
 */

/** Close code of a session that has ended: trying again would only be refused again. */
export const SIGNED_OUT = 4401;
/** A connection that takes longer is tried again: a network that was away may be back. Grows with each try. */
const CONNECT_MS = 4_000;
const MOST_CONNECT_MS = 20_000;
/** A second one that takes longer is dialled again, if it is still wanted. */
const SECOND_MS = 2_000;

export class Line {
  #open;
  #clock;
  #events;
  /** @type {SocketLike | undefined} */
  #socket;
  /** @type {SocketLike | undefined} Dialled beside a doubtful one. */
  #second;
  #isOpen = false;
  #isStopped = true;
  #isDoubted = false;
  #attempt = 0;
  /** @type {unknown} */
  #timer;
  /** @type {unknown} */
  #connectTimer;
  /** @type {unknown} */
  #secondTimer;

  /** @param {() => SocketLike} open @param {Clock} clock @param {LineEvents} events */
  constructor(open, clock, events) {
    this.#open = open;
    this.#clock = clock;
    this.#events = events;
  }

  get isOpen() {
    return this.#isOpen;
  }

  /** The socket in use, to tell later whether it still is. */
  get socket() {
    return this.#socket;
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
    this.#dropSecond();
    this.#socket?.close();
  }

  /** The network is back or the page is seen again: no need to wait any longer. */
  wake() {
    if (this.#isStopped || this.#socket) return;
    this.#clock.clearTimeout(this.#timer);
    this.#dial();
  }

  /** The other end took us: after a loss the next try need not wait long. */
  succeeded() {
    this.#attempt = 0;
  }

  /** Whether it lives is not sure: dials a second one unless it answers. @param {() => Promise<unknown>} ask */
  doubt(ask) {
    const socket = this.#socket;
    if (!socket || !this.#isOpen || this.#isDoubted || this.#second) return;
    this.#isDoubted = true;
    const isAnswered = () => (this.#isDoubted = false);
    ask().then(isAnswered, () => {
      this.#isDoubted = false;
      if (socket === this.#socket) this.#dialSecond();
    });
  }

  /** @param {string} text */
  send(text) {
    this.#socket?.send(text);
  }

  /** This one is of no use any more. @param {SocketLike | undefined} socket @param {number} code */
  lose(socket, code) {
    if (!socket || socket !== this.#socket) return;
    this.#clock.clearTimeout(this.#connectTimer);
    this.#dropSecond();
    close(socket);
    const wasOpen = this.#isOpen;
    this.#socket = undefined;
    this.#isOpen = this.#isDoubted = false;
    this.#events.onLost(code, wasOpen);
    if (this.#isStopped || code === SIGNED_OUT) return;
    const wait = backoff(this.#attempt++, 500, 30_000, this.#clock);
    this.#timer = this.#clock.setTimeout(() => this.#dial(), wait);
  }

  #dial() {
    const socket = this.#open();
    const patience = Math.min(MOST_CONNECT_MS, CONNECT_MS * (this.#attempt + 1));
    this.#connectTimer = this.#clock.setTimeout(() => this.lose(socket, 0), patience);
    this.#use(socket);
    socket.onopen = () => this.#opened();
  }

  #dialSecond() {
    const second = this.#open();
    this.#second = second;
    this.#secondTimer = this.#clock.setTimeout(() => this.#dropSecond(), SECOND_MS);
    second.onclose = () => second === this.#second && this.#dropSecond();
    second.onopen = () => {
      this.#second = undefined;
      this.#clock.clearTimeout(this.#secondTimer);
      if (this.#socket) close(this.#socket);
      this.#use(second);
      this.#events.onReplaced();
      this.#opened();
    };
  }

  #dropSecond() {
    this.#clock.clearTimeout(this.#secondTimer);
    if (this.#second) close(this.#second);
    this.#second = undefined;
  }

  /** @param {SocketLike} socket */
  #use(socket) {
    this.#socket = socket;
    socket.onclose = ({ code }) => this.lose(socket, code);
    socket.onmessage = ({ data }) => {
      // It lives, if only slowly.
      this.#dropSecond();
      this.#events.onText(data);
    };
  }

  #opened() {
    this.#isOpen = true;
    this.#clock.clearTimeout(this.#connectTimer);
    this.#events.onOpen();
  }
}

/** @param {SocketLike} socket */
function close(socket) {
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close();
}
