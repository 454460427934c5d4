// One peer connection of a call: answers the recorder's offers at once, trickles, opens the control
// channel, and tells which track is in which slot. Lives once; a call makes a new one to start anew.

import { Control, PROTOCOL } from "./control.js";

/** @import {Clock} from "./clock.js" */
/** @import {Camera} from "./call_socket.js" */
/** @import {ChannelLike, Slot, Watch} from "./control.js" */
/** @import {Params} from "./rpc.js" */
/**
 * @typedef {object} PeerOptions
 * @property {Clock} clock
 * @property {(config: RTCConfiguration) => RTCPeerConnection} makePeer
 * @property {RTCIceTransportPolicy} policy
 * @property {(candidate: RTCIceCandidateInit) => void} onCandidate
 * @property {() => void} onUp
 * @property {() => void} onDown
 * @property {(control: Control) => void} onControl
 * @property {(slot: number, track: MediaStreamTrack) => void} onVideo
 * @property {(track: MediaStreamTrack) => void} onAudio
 * @property {(slot: Slot) => void} onSlot
 * @property {(cameras: Camera[]) => void} onCameras
 */

/** A path that is silent this long is given up; the recorder may restart ICE before that. */
const SILENT_MS = 4_000;
/** A stranger cannot make us keep more. */
const MAX_EARLY_CANDIDATES = 64;

export class Peer {
  /** @type {Control | undefined} */
  control;
  #options;
  #connection;
  /** @type {RTCConfiguration} */
  #config;
  /** @type {RTCIceCandidateInit[] | undefined} */
  #early = [];
  /** @type {unknown} */
  #silence;

  /** @param {PeerOptions} options */
  constructor(options) {
    this.#options = options;
    this.#config = { bundlePolicy: "max-bundle", iceTransportPolicy: options.policy };
    // Made before the cloud has answered, so that its key is ready when the offer comes.
    const connection = options.makePeer(this.#config);
    connection.onicecandidate = ({ candidate }) => {
      options.onCandidate(candidate ? candidate.toJSON() : { candidate: "" });
    };
    connection.onconnectionstatechange = () => this.#changed();
    connection.ontrack = (event) => this.#track(event);
    this.#connection = connection;
  }

  /** @param {RTCIceServer[]} iceServers */
  configure(iceServers) {
    this.#connection.setConfiguration({ ...this.#config, iceServers });
  }

  /**
   * Answers an offer; a later one of the same call restarts ICE.
   * @param {Params} invite
   * @param {Watch[]} told What the recorder was asked to send already.
   * @returns {Promise<Params>}
   */
  async answer({ offer }, told) {
    const connection = this.#connection;
    await connection.setRemoteDescription({ type: "offer", sdp: offer });
    if (!this.control && offer.includes("m=application")) this.#openControl(told);
    this.#flush();
    const answer = await connection.createAnswer();
    // Not waited for: the answer is on its way while the connection gathers candidates.
    connection.setLocalDescription(answer).catch(() => this.#options.onDown());
    return { answer: answer.sdp, subprotocols: [PROTOCOL] };
  }

  /** @param {RTCIceCandidateInit | null | undefined} candidate */
  addCandidate(candidate) {
    if (!candidate?.candidate) return;
    if (!this.#early) this.#add(candidate);
    else if (this.#early.length < MAX_EARLY_CANDIDATES) this.#early.push(candidate);
  }

  /** @returns {Promise<ReadonlyMap<string, any>>} */
  async stats() {
    return /** @type {ReadonlyMap<string, any>} */ (await this.#connection.getStats());
  }

  close() {
    const connection = this.#connection;
    connection.onicecandidate = connection.onconnectionstatechange = connection.ontrack = null;
    this.#options.clock.clearTimeout(this.#silence);
    connection.close();
  }

  /** @param {Watch[]} told */
  #openControl(told) {
    const channel = this.#connection.createDataChannel(PROTOCOL, { protocol: PROTOCOL });
    const { clock, onSlot, onCameras, onDown, onControl } = this.#options;
    const events = { onSlot, onCameras, onClose: onDown };
    this.control = new Control(/** @type {ChannelLike} */ (channel), clock, told, events);
    onControl(this.control);
  }

  #flush() {
    const early = this.#early ?? [];
    this.#early = undefined;
    early.forEach((candidate) => this.#add(candidate));
  }

  /** One candidate that makes no sense leaves the others. @param {RTCIceCandidateInit} candidate */
  #add(candidate) {
    this.#connection.addIceCandidate(candidate).catch(() => {});
  }

  #changed() {
    const { clock, onUp, onDown } = this.#options;
    const state = this.#connection.connectionState;
    clock.clearTimeout(this.#silence);
    if (state === "connected") onUp();
    else if (state === "failed" || state === "closed") onDown();
    else if (state === "disconnected") this.#silence = clock.setTimeout(onDown, SILENT_MS);
  }

  /** @param {RTCTrackEvent} event */
  #track({ receiver, track }) {
    // Show at once what comes; smoothness is the recorder's clock, not a buffer.
    Object.assign(receiver, { jitterBufferTarget: 0, playoutDelayHint: 0 });
    if (track.kind === "audio") return this.#options.onAudio(track);
    const videos = this.#connection.getTransceivers().filter((t) => t.receiver.track.kind === "video");
    this.#options.onVideo(videos.findIndex((t) => t.receiver === receiver), track);
  }
}
