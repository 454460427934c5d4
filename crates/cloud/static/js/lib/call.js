// One viewer connected to one recorder: keeps a peer connection up for as long as somebody watches,
// and starts anew by itself when the path, the recorder or the cloud was away.

import { backoff } from "./clock.js";
import { PathWatch, TICK_MS } from "./path_watch.js";
import { Peer } from "./peer.js";
import { RpcError } from "./rpc.js";
import { troubleOf } from "./words.js";

/** @import {Clock} from "./clock.js" */
/** @import {CallSocket, Camera} from "./call_socket.js" */
/** @import {Slot, Watch} from "./control.js" */
/** @import {CallTrouble} from "./words.js" */
/** @typedef {"connecting" | "up" | "away" | "ended"} CallState */
/**
 * @typedef {object} CallEvents
 * @property {(state: CallState, trouble: CallTrouble | undefined) => void} onState
 * @property {(slot: number, track: MediaStreamTrack) => void} onVideo
 * @property {(track: MediaStreamTrack) => void} onAudio
 * @property {(slot: Slot) => void} onSlot
 * @property {(cameras: Camera[]) => void} onCameras
 */
/**
 * @typedef {object} CallOptions
 * @property {CallSocket} socket
 * @property {string} serial
 * @property {number} nSlots
 * @property {RTCIceTransportPolicy} policy
 * @property {(config: RTCConfiguration) => RTCPeerConnection} makePeer
 * @property {Clock} clock
 * @property {CallEvents} events
 */

/** From the tap to a path; an ICE check over a slow relay takes seconds, never this long. */
const SET_UP_MS = 15_000;
/** A wish for a restart is repeated sooner than this. */
const RESTART_MS = 2_000;
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
  /** @type {unknown} */
  #extendTimer;
  /** @type {unknown} */
  #lookTimer;
  /** @type {PathWatch | undefined} While the call is up. */
  #watch;
  /** The cloud does not know this call any more, so it cannot restart it. */
  #isForgotten = false;

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

  /** The statistics of the connection in use. */
  async stats() {
    return this.#state === "up" ? this.#peer?.stats() : undefined;
  }

  /** What the recorder's end said last about the path. */
  get toldPath() {
    return this.#peer?.control?.path;
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

  /** The network may have changed. */
  suspect() {
    this.#watch?.suspect(this.#options.clock.now());
  }

  end() {
    this.#leave("viewer left");
    this.#set("ended");
  }

  async #begin() {
    const { socket, serial, nSlots } = this.#options;
    this.#leave("starting anew");
    this.#set("connecting");
    const peer = this.#makePeer();
    this.#timer = this.#options.clock.setTimeout(() => this.#lose(peer, "no-path"), SET_UP_MS);
    const asked = this.#watches;
    try {
      const params = { peer: serial, "peerview/slots": nSlots, "peerview/watch": asked };
      const answer = await socket.request("connect", params);
      if (peer !== this.#peer) return this.#close(answer.session, "no longer wanted");
      this.#session = answer.session;
      socket.addCall(answer.session, {
        onInvite: (invite) => peer.answer(invite, asked),
        onTrickle: ({ candidate }) => peer.addCandidate(candidate),
        onClose: () => this.#lose(peer, "no-answer"),
        wantsRestart: () => this.#watch?.isSilent ?? false,
        onGone: () => this.#forgotten(peer),
      });
      peer.configure(answer.iceServers ?? []);
      this.#keepAlive(peer, answer.expiryTimeSeconds);
    } catch (error) {
      const code = error instanceof RpcError ? error.code : 400;
      this.#lose(peer, socket.isOpen ? troubleOf(code) : "no-cloud");
    }
  }

  #makePeer() {
    const { clock, events, makePeer, policy, socket } = this.#options;
    /** @type {Peer} */
    const peer = new Peer({
      clock,
      makePeer,
      policy,
      onCandidate: (candidate) => socket.notify("trickle", { session: this.#session, candidate }),
      onUp: () => this.#up(peer),
      onDown: () => this.#lose(peer, "no-path"),
      onDoubt: () => peer === this.#peer && this.#watch && void this.#askRestart(peer),
      onControl: (control) => {
        control.watch(this.#watches);
        control.listen(this.#listening);
      },
      onVideo: (slot, track) => events.onVideo(slot, track),
      onAudio: (track) => events.onAudio(track),
      onSlot: (slot) => events.onSlot(slot),
      onCameras: (cameras) => events.onCameras(cameras),
    });
    this.#peer = peer;
    return peer;
  }

  /** @param {Peer} peer */
  #up(peer) {
    if (peer !== this.#peer) return;
    this.#options.clock.clearTimeout(this.#timer);
    const now = this.#options.clock.now();
    // After a restart it is still the same call.
    if (this.#state === "up") return;
    this.#upSince = now;
    this.#watch = new PathWatch(now);
    this.#lookLater(peer);
    this.#set("up");
  }

  /** @param {Peer} peer */
  #lookLater(peer) {
    this.#lookTimer = this.#options.clock.setTimeout(() => void this.#look(peer), TICK_MS);
  }

  /** Asks for another path as soon as this one is dead. @param {Peer} peer */
  async #look(peer) {
    const { clock, socket } = this.#options;
    const count = await peer.heard().catch(() => undefined);
    if (peer !== this.#peer || !this.#watch) return;
    this.#lookLater(peer);
    const verdict = this.#watch.look(count, clock.now());
    if (verdict === "probe" || verdict === "doubt") peer.control?.ping();
    if (verdict === "doubt") socket.doubt();
    if (verdict === "ask") void this.#askRestart(peer);
    if (verdict === "lost") this.#lose(peer, "no-path");
  }

  /** @param {Peer} peer */
  async #askRestart(peer) {
    if (this.#isForgotten) return this.#lose(peer, "no-path");
    const { socket } = this.#options;
    try {
      await socket.request("peerview/restart", { session: this.#session }, RESTART_MS);
    } catch (error) {
      const isGone = error instanceof RpcError && (error.code === 404 || error.code === 410);
      if (isGone) this.#lose(peer, "no-path");
    }
  }

  /** The path may live on without the cloud. @param {Peer} peer */
  #forgotten(peer) {
    if (peer !== this.#peer) return;
    this.#isForgotten = true;
    if (this.#watch?.isSilent) this.#lose(peer, "no-path");
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
    clock.clearTimeout(this.#extendTimer);
    clock.clearTimeout(this.#lookTimer);
    this.#watch = undefined;
    this.#isForgotten = false;
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

  /** Asks for more time at half of it. @param {Peer} peer @param {number | undefined} seconds */
  #keepAlive(peer, seconds) {
    if (!seconds) return;
    const { clock, socket } = this.#options;
    this.#extendTimer = clock.setTimeout(async () => {
      const answer = await socket.request("extend", { session: this.#session }).catch(() => undefined);
      if (peer === this.#peer) this.#keepAlive(peer, answer?.expiryTimeSeconds ?? Math.max(10, seconds / 2));
    }, seconds * 500);
  }

  /** @param {CallState} state @param {CallTrouble} [trouble] */
  #set(state, trouble) {
    this.#state = state;
    this.#options.events.onState(state, trouble);
  }
}
