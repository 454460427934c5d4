// One recording of one camera: its own call, whose frames go to a worker that writes them into a file; and the row
// that Pictures and videos lists. Browsers let a worker see the frames of a track only from its beginning, so the call
// that shows the camera cannot be used.

import { erase, kept, newItem, POSTER_WIDTH, recordingLock } from "./kept_here.js";
import { Pictures } from "./lib/pictures.js";
import { drawPicture } from "./picture.js";
import { openCall } from "./watch.js";

/** @import {LiveTile} from "./elements/live-tile.js" */
/** @import {StreamKind} from "./lib/control.js" */
/** @import {KeptItem} from "./lib/kept.js" */
/** @import {End} from "./lib/recorder.js" */
/** @import {RecordingNews, SoundState} from "./recording_worker.js" */
/** @typedef {End | "single-pictures"} RecordingEnd */
/** @typedef {{onBegin: (sound: SoundState) => void, onProgress: () => void, onEnd: (end: RecordingEnd, item: KeptItem | undefined) => void}} RecordingEvents */

/** So long a camera may take to send a key frame. */
const BEGIN_MS = 20_000;
const HAS_TRANSFORMS = "RTCRtpScriptTransform" in globalThis;
/** Chromium before 141, and browsers made of it, have streams in the place of transforms. */
const PASSING = HAS_TRANSFORMS ? {} : { encodedInsertableStreams: true };

/** A connection whose configuration may change later in all but this. */
class PassingConnection extends RTCPeerConnection {
  /** @param {RTCConfiguration} [config] @override */
  setConfiguration(config) {
    super.setConfiguration({ ...config, ...PASSING });
  }
}

/**
 * Whether frames can be had as they came. Firefox can since 117, Safari since 15.4, and every Chromium that shows Live
 * view: no browser of today needs `MediaRecorder`, which decodes and encodes anew what the camera has encoded well.
 */
export const canRecord = HAS_TRANSFORMS || "createEncodedStreams" in (globalThis.RTCRtpReceiver?.prototype ?? {});

/** @returns {Worker} */
export function makeWorker() {
  return new Worker(new URL("./recording_worker.js", import.meta.url), { type: "module" });
}

/** Bytes that fit on this phone, up to those wanted; less than 0 where nothing can be kept. @param {Worker} worker @param {number} wanted @returns {Promise<number>} */
export function roomOf(worker, wanted) {
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data.room);
    worker.onerror = () => resolve(-1);
    worker.postMessage({ room: wanted });
  });
}

export class Recording {
  /** The file that is written, once there is one. @type {KeptItem | undefined} */
  item;
  pressedAt;
  #tile;
  #events;
  #worker;
  #first;
  #call;
  /** @type {RTCPeerConnection | undefined} */
  #connection;
  #release = () => {};
  #timer;
  #isOver = false;

  /** @param {LiveTile} tile @param {number} pressedAt @param {StreamKind} stream @param {Worker} worker @param {RecordingEvents} events */
  constructor(tile, pressedAt, stream, worker, events) {
    this.pressedAt = pressedAt;
    this.#worker = worker;
    this.#tile = tile;
    this.#events = events;
    this.#first = newItem("video", tile.dataset.name ?? "");
    this.#worker.onmessage = ({ data }) => void this.#heard(data);
    this.#worker.onerror = () => this.#over("failed");
    this.#worker.postMessage({ start: this.#first.id });
    this.#timer = setTimeout(() => this.item || this.end("lost"), BEGIN_MS);
    tile.toggleAttribute("data-recording", true);
    this.#call = this.#open(tile);
    this.#call.watch([{ slot: 0, camera: tile.camera, stream }]);
    this.#call.listen(tile.camera);
  }

  /** @param {End} end */
  end(end) {
    this.#worker.postMessage({ end });
  }

  /** @param {LiveTile} tile */
  #open({ serial }) {
    const pictures = new Pictures(({ codec, data, isKey, timeMicros }) => {
      if (codec === "jpeg") this.#over("single-pictures");
      // A still says nothing about the stream that is about to come.
      else if (codec !== "still") this.#worker.postMessage({ picture: { data, isKey, timeMicros } });
    });
    let wasUp = false;
    const events = {
      onState: (/** @type {string} */ state) => {
        // The first try says why. Later ones go on in the same file, until the worker has heard nothing for too long.
        if (state === "away" && !wasUp) this.end("failed");
        wasUp ||= state === "up";
      },
      onLeaving: () => this.#worker.postMessage({ anew: true }),
      onVideo: (/** @type {number} */ _, /** @type {MediaStreamTrack} */ track) => this.#pass(track),
      onPiece: (/** @type {number} */ _, /** @type {unknown} */ message) => pictures.receive(message),
      onAudio: (/** @type {MediaStreamTrack} */ track) => this.#pass(track),
      onSlot: () => {},
      onCameras: () => {},
    };
    return openCall(serial, events, 1, (config) => (this.#connection = new PassingConnection({ ...config, ...PASSING })));
  }

  /** Within the event of the track: later, Chromium lets no transform in. @param {MediaStreamTrack} track */
  #pass(track) {
    const { kind } = track;
    const receiver = /** @type {any} */ (this.#connection?.getReceivers().find((one) => one.track === track));
    if (HAS_TRANSFORMS) receiver.transform = new RTCRtpScriptTransform(this.#worker, { kind });
    else {
      const { readable, writable } = receiver.createEncodedStreams();
      this.#worker.postMessage({ passage: { readable, writable, kind } }, [readable, writable]);
    }
  }

  /** @param {RecordingNews} news */
  async #heard(news) {
    if ("room" in news) return;
    if ("began" in news) return this.#begin(news);
    const item = this.item;
    if (item) {
      [item.ms, item.bytes] = [news.ms, news.bytes];
      if (news.end) await this.#close(item, news.end);
      // A row that cannot be written has been written before.
      else await kept.put(item).catch(() => {});
    }
    if (!news.end) this.#events.onProgress();
    else if (news.end !== "changed" && news.end !== "sound") this.#over(news.end);
  }

  /** @param {{began: string, width: number, height: number, sound: SoundState}} news */
  async #begin({ began, width, height, sound }) {
    clearTimeout(this.#timer);
    const item = { ...this.#first, id: began, width, height, at: Date.now(), hasSound: sound === "recorded" };
    this.item = item;
    // Held as long as this page lives and records: another tab sees that the file is not finished.
    void navigator.locks?.request(recordingLock(began), () => new Promise((resolve) => (this.#release = () => resolve(undefined))));
    await kept.put(item).catch(() => this.end("full"));
    this.#events.onBegin(sound);
    const source = this.#tile.querySelector(this.#tile.dataset.picture === "drawn" ? "canvas" : "video");
    if (source instanceof HTMLVideoElement || source instanceof HTMLCanvasElement) item.poster = await drawPicture(source, POSTER_WIDTH, 0.75);
  }

  /** @param {KeptItem} item @param {End} end */
  async #close(item, end) {
    this.#release();
    if (item.bytes > 0) await kept.put({ ...item, end }).catch(() => {});
    else await erase(item).catch(() => {});
  }

  /** @param {RecordingEnd} end */
  #over(end) {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#release();
    this.#call.end();
    this.#worker.terminate();
    this.#tile.removeAttribute("data-recording");
    this.#events.onEnd(end, this.item?.bytes ? this.item : undefined);
  }
}
