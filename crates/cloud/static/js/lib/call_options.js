// Options and events of a call. Types only.

/** @import {Clock} from "./clock.js" */
/** @import {CallSocket, Camera} from "./call_socket.js" */
/** @import {Slot} from "./control.js" */
/** @import {CallTrouble} from "./words.js" */
/** @typedef {"connecting" | "up" | "away" | "ended"} CallState */
/**
 * @typedef {object} CallEvents
 * @property {(state: CallState, trouble: CallTrouble | undefined) => void} onState
 * @property {() => void} onLeaving The connection is about to end, and its pictures with it.
 * @property {(slot: number, track: MediaStreamTrack) => void} onVideo
 * @property {(track: MediaStreamTrack) => void} onAudio
 * @property {(slot: number, message: unknown) => void} onPiece
 * @property {(slot: Slot) => void} onSlot
 * @property {(cameras: Camera[]) => void} onCameras
 */
/**
 * @typedef {object} CallOptions
 * @property {CallSocket} socket
 * @property {string} serial
 * @property {number} nSlots
 * @property {RTCIceTransportPolicy} policy
 * @property {Promise<string[]>} decoders
 * @property {(config: RTCConfiguration) => RTCPeerConnection} makePeer
 * @property {Clock} clock
 * @property {CallEvents} events
 * @property {(bytes: number) => void} [onBytes] So many more have come and gone.
 */

export {};
