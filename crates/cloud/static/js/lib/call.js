// One viewer connected to one recorder: keeps a peer connection up for as long as somebody watches,
// and starts again by itself when the path, the recorder or the cloud was away.

import { backoff } from "./clock.js";
import { keepAlive } from "./keep_alive.js";
import { Peer } from "./peer.js";
import { Recovery } from "./recovery.js";
import { RpcError } from "./rpc.js";
import { troubleOf } from "./words.js";

/** @import {CallOptions, CallState} from "./call_options.js" */
/** @import {Watch} from "./control.js" */
/** @import {CallTrouble} from "./words.js" */

/** From the tap to a path; an ICE check over a slow relay takes seconds, never this long. */
const SET_UP_MS = 15_000;
/** A call that lasted this long was a good one: the next try need not wait. */
const GOOD_MS = 5_000;

export class Call {
  #options;
  /** @type {CallState} */
  #state = "ended";
  /** @type {Peer | undefined} */
  #peer;
  #session = "";
  #attempt = 0;
  #upSince = 0;
  /** @type {Watch[]} */
  #watches = [];
  /** @type {string | null} */
  #listening = null;
  /** @type {unknown} */
  #timer;
  #letExpire = () => {};
  /** @type {Recovery | undefined} While the call is up. */
  #recovery;

  /** @param {CallOptions} options */
  constructor(options) {
    this.#options = options;
    options.socket.onPresence(({ serial, isOnline }) => {
      if (serial === options.serial && isOnline && this.#state === "away") this.#begin();
    });
  }

  get state() {
    return this.#state;
  }

  /** Whether nothing comes over its path. */
  get isSilent() {
    return this.#recovery?.isSilent ?? false;
  }

  /** The connection, while the call is up. */
  get peer() {
    return this.#state === "up" ? this.#peer : undefined;
  }

  /** What each slot should show; starts the call if it is not running. @param {Watch[]} watches */
  watch(watches) {
    this.#watches = watches;
    this.#peer?.control?.watch(watches);
    if (this.#state === "ended") this.#begin();
  }

  /** @param {string | null} camera */
  listen(camera) {
    this.#listening = camera;
    this.#peer?.control?.listen(camera);
  }

  /** The person asks to try again. @param {number} slot */
  again(slot) {
    this.#attempt = 0;
    if (this.#state === "away") this.#begin();
    else this.#peer?.control?.again(slot);
  }

  suspect = () => this.#recovery?.suspect();

  end() {
    this.#leave("viewer left");
    this.#set("ended");
  }

  async #begin() {
    const { socket, serial, nSlots, policy } = this.#options;
    this.#leave("starting anew");
    this.#set("connecting");
    const peer = this.#tryPeer();
    // Trying again helps nobody.
    if (!peer) return this.#set("away", "unsupported");
    this.#timer = this.#options.clock.setTimeout(() => this.#lose(peer, "no-path"), SET_UP_MS);
    const asked = this.#watches;
    const what = { peer: serial, "peerview/slots": nSlots, "peerview/estimate": true, "peerview/watch": asked, "peerview/relayed": policy === "relay" };
    try {
      const answer = await socket.request("connect", what);
      if (peer !== this.#peer) return this.#close(answer.session, "no longer wanted");
      this.#session = answer.session;
      socket.addCall(answer.session, {
        onInvite: (invite) => peer.answer(invite, asked),
        onTrickle: ({ candidate }) => peer.addCandidate(candidate),
        onClose: ({ code }) => this.#lose(peer, code === undefined ? "no-answer" : troubleOf(code)),
        wantsRestart: () => this.isSilent,
        onGone: () => peer === this.#peer && this.#recovery?.forgotten(),
      });
      peer.configure(answer.iceServers ?? []);
      this.#letExpire = keepAlive(this.#options, answer.session, answer.expiryTimeSeconds);
    } catch (error) {
      const code = error instanceof RpcError ? error.code : 400;
      this.#lose(peer, socket.isOpen ? troubleOf(code) : await socket.lossReason());
    }
  }

  /** Undefined in a browser without WebRTC, or where it is turned off. */
  #tryPeer() {
    try {
      return this.#makePeer();
    } catch {
      return undefined;
    }
  }

  #makePeer() {
    const { events, socket } = this.#options;
    /** @type {Peer} */
    const peer = new Peer({
      ...this.#options,
      ...events,
      onCandidate: (candidate) => socket.notify("trickle", { session: this.#session, candidate }),
      onUp: () => this.#up(peer),
      onDown: () => this.#lose(peer, "no-path"),
      onDoubt: () => peer === this.#peer && void this.#recovery?.ask(),
      onControl: (control) => {
        control.watch(this.#watches);
        control.listen(this.#listening);
      },
    });
    this.#peer = peer;
    return peer;
  }

  /** @param {Peer} peer */
  #up(peer) {
    if (peer !== this.#peer) return;
    if (this.#state === "up") return; // After a restart it is still the same call.
    const { clock, socket } = this.#options;
    clock.clearTimeout(this.#timer);
    this.#upSince = clock.now();
    this.#recovery = new Recovery(clock, socket, peer, this.#session, () => this.#lose(peer, "no-path"));
    this.#set("up");
  }

  /** @param {Peer} peer @param {CallTrouble} trouble */
  #lose(peer, trouble) {
    if (peer !== this.#peer) return;
    const { clock } = this.#options;
    const wasGood = this.#state === "up" && clock.now() - this.#upSince >= GOOD_MS;
    if (wasGood) this.#attempt = 0;
    this.#leave(trouble);
    this.#set(wasGood ? "connecting" : "away", wasGood ? undefined : trouble);
    const wait = wasGood ? 50 : backoff(this.#attempt, 1_000, 15_000, clock);
    this.#attempt += 1;
    this.#timer = clock.setTimeout(() => this.#begin(), wait);
  }

  /** Frees everything of the present try. @param {string} reason */
  #leave(reason) {
    const { clock, socket } = this.#options;
    clock.clearTimeout(this.#timer);
    this.#letExpire();
    this.#recovery?.stop();
    this.#recovery = undefined;
    if (this.#peer) this.#options.events.onLeaving();
    this.#peer?.close();
    this.#peer = undefined;
    if (this.#session) this.#close(this.#session, reason);
    socket.removeCall(this.#session);
    this.#session = "";
  }

  /** @param {string} session @param {string} reason */
  #close(session, reason) {
    const { socket } = this.#options;
    if (socket.isOpen) socket.request("close", { session, reason }).catch(() => {});
  }

  /** @param {CallState} state @param {CallTrouble} [trouble] */
  #set(state, trouble) {
    this.#state = state;
    this.#options.events.onState(state, trouble);
  }
}
