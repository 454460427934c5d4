// Requests and events of the screen of Live view. Types only.

/** @import {Call} from "./call.js" */
/** @import {Slot, StreamKind} from "./control.js" */
/** @import {Picture, Pictures} from "./pictures.js" */
/** @import {Path} from "./stats.js" */
/** @import {CallTrouble, Reason, TileState} from "./words.js" */
/** @typedef {{serial: string, camera: string, stream: StreamKind}} Shown */
/**
 * @typedef {object} ScreenEvents
 * @property {(serial: string, camera: string, state: TileState, reason?: Reason) => void} onState
 * @property {(serial: string, camera: string) => void} onLeaving Its video is about to end.
 * @property {(serial: string, camera: string, track: MediaStreamTrack, isReused: boolean) => void} onVideo
 * @property {(serial: string, camera: string, picture: Picture) => void} onPicture
 * @property {(serial: string, track: MediaStreamTrack) => void} onAudio
 * @property {(serial: string, camera: string, path: Path | undefined) => void} onPath
 * @property {(serial: string, camera: string) => void} onTold The recorder's end has said what it sends of it.
 */
/**
 * @typedef {object} Room One recorder on the screen.
 * @property {Call} call
 * @property {Map<number, string>} slots Camera by slot.
 * @property {Map<number, MediaStreamTrack>} tracks
 * @property {Map<number, Pictures>} pictures What comes over data channels.
 * @property {Map<number, Slot>} told What the recorder's end said last of each slot.
 * @property {CallTrouble | undefined} trouble
 * @property {boolean} isRemoved It is no longer in this account.
 */

export {};
