// One peer connection of a call: answers the recorder's offers at once, trickles, opens the control
// channel, and tells which track is in which slot. Lives once; a call makes a new one to start again.

import { Control, PROTOCOL } from "./control.js";
import { PICTURE_PROTOCOL, slotOf } from "./pictures.js";
import { SoundLine } from "./sound_line.js";
import { TrafficCount, pathOf, pathReport, receivedOf } from "./stats.js";

/** @import {Clock} from "./clock.js" */
/** @import {Camera} from "./call_socket.js" */
/** @import {ChannelLike, Slot, Watch} from "./control.js" */
/** @import {Params} from "./rpc.js" */
/**
 * @typedef {object} PeerOptions
 * @property {Clock} clock
 * @property {(config: RTCConfiguration) => RTCPeerConnection} makePeer
 * @property {RTCIceTransportPolicy} policy
 * @property {Promise<string[]>} decoders Subprotocols that say which pictures this browser decodes itself.
 * @property {(candidate: RTCIceCandidateInit) => void} onCandidate
 * @property {() => void} onUp
 * @property {() => void} onDown
 * @property {() => void} onDoubt ICE hears nothing any more.
 * @property {(control: Control) => void} onControl
 * @property {(slot: number, track: MediaStreamTrack) => void} onVideo
 * @property {(track: MediaStreamTrack) => void} onAudio
 * @property {(slot: number, message: unknown) => void} onPiece Part of a picture over a data channel.
 * @property {(bytes: number) => void} [onBytes] So many more have come and gone.
 * @property {(slot: Slot) => void} onSlot
 * @property {(cameras: Camera[]) => void} onCameras
 */

/** A path that ICE calls silent this long is given up; ICE is restarted before that. */
const SILENT_MS = 10_000;
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
  /** @type {Promise<unknown>} The answer to the last offer. */
  #answering = Promise.resolve();
  /** Offers whose turn is still to come. */
  #nOffers = 0;
  #sound;
  #traffic = new TrafficCount();

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
    connection.ondatachannel = ({ channel }) => this.#opened(channel);
    this.#connection = connection;
    this.#sound = new SoundLine(connection);
  }

  /** @param {RTCIceServer[]} iceServers */
  configure(iceServers) {
    this.#connection.setConfiguration({ ...this.#config, iceServers });
  }

  /**
   * Answers an offer; a later one of the same call restarts ICE, and waits for its turn: two that overlap
   * would mix their descriptions.
   * @param {Params} invite
   * @param {Watch[]} told What the recorder was asked to send already.
   * @returns {Promise<Params>}
   */
  answer(invite, told) {
    // Candidates of this offer may come before its turn.
    this.#early ??= [];
    this.#nOffers += 1;
    const answer = this.#answering.then(() => this.#answer(invite, told));
    this.#answering = answer.catch(() => {});
    return answer;
  }

  /** @param {Params} invite @param {Watch[]} told @returns {Promise<Params>} */
  async #answer({ offer, "peerview/iceServers": iceServers }, told) {
    if (iceServers) this.configure(iceServers);
    const connection = this.#connection;
    await connection.setRemoteDescription({ type: "offer", sdp: offer });
    this.#sound.offered();
    if (!this.control && offer.includes("m=application")) this.#openControl(told);
    this.#nOffers -= 1;
    if (this.#nOffers === 0) this.#flush();
    const answer = await connection.createAnswer();
    // Not waited for: the answer is on its way while the connection gathers candidates.
    connection.setLocalDescription(answer).catch(() => this.#options.onDown());
    return { answer: answer.sdp, subprotocols: [PROTOCOL, ...(await this.#options.decoders)] };
  }

  /**
   * Changes with every sign of life of the path in use. Undefined while the control channel is not open:
   * nothing else is sure to answer.
   * @returns {Promise<number | undefined>}
   */
  async heard() {
    const nMessages = this.control?.nReceived;
    if (nMessages === undefined) return undefined;
    const report = await pathReport(this.#connection);
    this.#options.onBytes?.(this.#traffic.take(report));
    return nMessages + receivedOf(report);
  }

  /** @param {RTCIceCandidateInit | null | undefined} candidate */
  addCandidate(candidate) {
    if (!candidate?.candidate) return;
    if (!this.#early) this.#add(candidate);
    else if (this.#early.length < MAX_EARLY_CANDIDATES) this.#early.push(candidate);
  }

  /** @param {string | null} camera @param {MediaStreamTrack | null} track @param {(cause: unknown) => void} [onEnded] */
  talk(camera, track, onEnded) {
    return this.#sound.talk(this.control, camera, track, onEnded);
  }

  /** How media travels now, as both ends know it. @param {ReadonlyMap<string, any>} [report] */
  async path(report) {
    return pathOf(report ?? (await this.report()), this.control?.path);
  }

  /** All that the browser counts. @returns {Promise<any>} */
  report = () => this.#connection.getStats();

  close() {
    const connection = this.#connection;
    connection.onicecandidate = connection.onconnectionstatechange = connection.ontrack = null;
    connection.ondatachannel = null;
    this.#options.clock.clearTimeout(this.#silence);
    this.control?.end();
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

  /** The recorder's end opens a channel for pictures that are not sent as video. @param {RTCDataChannel} channel */
  #opened(channel) {
    const slot = slotOf(channel.label);
    if (slot === undefined || channel.protocol !== PICTURE_PROTOCOL) return channel.close();
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }) => this.#options.onPiece(slot, data);
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
    const { clock, onUp, onDown, onDoubt } = this.#options;
    const state = this.#connection.connectionState;
    clock.clearTimeout(this.#silence);
    if (state === "connected") onUp();
    else if (state === "failed" || state === "closed") onDown();
    else if (state === "disconnected") {
      this.#silence = clock.setTimeout(onDown, SILENT_MS);
      onDoubt();
    }
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
