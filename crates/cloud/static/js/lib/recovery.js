// Watches the path of a call that is up, and asks for another one when it dies. The call goes on.

import { PathWatch, TICK_MS } from "./path_watch.js";
import { RpcError } from "./rpc.js";

/** @import {CallSocket} from "./call_socket.js" */
/** @import {Clock} from "./clock.js" */
/** @import {Peer} from "./peer.js" */

/** A wish for a restart is repeated sooner than this. */
const RESTART_MS = 2_000;

export class Recovery {
  #options;
  #watch;
  /** @type {unknown} */
  #timer;
  #isStopped = false;
  /** The cloud does not know this call any more, so it cannot restart it. */
  #isForgotten = false;

  /** @param {Clock} clock @param {CallSocket} socket @param {Peer} peer @param {string} session @param {() => void} onLost */
  constructor(clock, socket, peer, session, onLost) {
    this.#options = { clock, socket, peer, session, onLost };
    this.#watch = new PathWatch(clock.now());
    this.#lookLater();
  }

  /** Whether nothing comes any more. */
  get isSilent() {
    return this.#watch.isSilent;
  }

  stop() {
    this.#isStopped = true;
    this.#options.clock.clearTimeout(this.#timer);
  }

  /** The network may have changed. */
  suspect() {
    this.#watch.suspect(this.#options.clock.now());
  }

  /** The cloud forgot the call; its path may live on. */
  forgotten() {
    this.#isForgotten = true;
    if (this.isSilent) this.#lose();
  }

  /** Asks the recorder for another path. */
  async ask() {
    if (this.#isForgotten) return this.#lose();
    const { socket, session } = this.#options;
    try {
      await socket.request("peerview/restart", { session }, RESTART_MS);
    } catch (error) {
      if (error instanceof RpcError && (error.code === 404 || error.code === 410)) this.#lose();
    }
  }

  #lookLater() {
    this.#timer = this.#options.clock.setTimeout(() => void this.#look(), TICK_MS);
  }

  async #look() {
    const { clock, peer, socket } = this.#options;
    const count = await peer.heard().catch(() => undefined);
    if (this.#isStopped) return;
    this.#lookLater();
    const verdict = this.#watch.look(count, clock.now());
    if (verdict === "probe" || verdict === "doubt") peer.control?.ping();
    // Again and again: the first second socket may have been dialled before there was a network.
    if (verdict !== "fine" && verdict !== "probe") socket.doubt();
    if (verdict === "ask") void this.ask();
    if (verdict === "lost") this.#lose();
  }

  #lose() {
    if (!this.#isStopped) this.#options.onLost();
  }
}
