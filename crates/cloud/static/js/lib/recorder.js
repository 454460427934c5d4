// Frames of one camera as video files: begins with a key frame, begins another file where the format changes, and ends
// where there is no more room. Its driver, recording_worker.js, has the frames and the files.

import { Mp4File, formatOf } from "./mp4_file.js";

/** @import {Format, Frame} from "./mp4_file.js" */
/** @typedef {"stopped" | "left" | "lost" | "full" | "changed" | "sound" | "failed"} End */
/**
 * @typedef {object} VideoFile
 * @property {(data: Uint8Array, at: number) => void} write Throws a `QuotaExceededError` where there is no room.
 * @property {(bytes: number) => void} close Keeps so many bytes.
 * @property {import("./mp4_sound.js").Encoder} [sound] Where the file has sound.
 */
/**
 * @typedef {object} RecorderEvents
 * @property {(format: Format) => Promise<VideoFile>} open
 * @property {(ms: number, bytes: number) => void} onProgress
 * @property {(end: End, ms: number, bytes: number) => void} onEnd Of a file; after "changed" and "sound" another begins.
 * @property {() => void} askKey
 */

/** Frames between two key frames are held in memory until the second; this many seconds are enough. */
const KEY_EVERY_SECONDS = 10;
/** A camera that changes its format all the time would fill the list of videos. */
const MAX_FILES = 20;
/** Bytes of frames that may wait for the disk. */
const MAX_WAITING = 64 * 1024 * 1024;

export class Recorder {
  #library;
  #events;
  /** @type {Promise<unknown>} Frames are written one after another. */
  #turn = Promise.resolve();
  #waiting = 0;
  /** @type {Mp4File | undefined} */
  #mp4;
  /** @type {VideoFile | undefined} */
  #file;
  #sets = "";
  #nFiles = 0;
  #keyAt = -1;
  #isOver = false;

  /** @param {any} library mediabunny. @param {RecorderEvents} events */
  constructor(library, events) {
    this.#library = library;
    this.#events = events;
  }

  /** @param {Frame} frame @returns {Promise<unknown>} */
  take(frame) {
    if (this.#isOver) return this.#turn;
    if (this.#waiting > MAX_WAITING) return this.end("failed");
    this.#waiting += frame.data.length;
    return this.#then(async () => {
      this.#waiting -= frame.data.length;
      await this.#add(frame);
    });
  }

  /** Sound that belongs to the frames around it. @param {Float32Array} samples @param {number} seconds @returns {Promise<unknown>} */
  takeSound(samples, seconds) {
    if (this.#isOver || this.#waiting > MAX_WAITING) return this.#turn;
    this.#waiting += samples.byteLength;
    return this.#then(async () => {
      this.#waiting -= samples.byteLength;
      await this.#mp4?.addSound(samples, seconds);
    });
  }

  /** Sound has begun: the file so far has no place for it, so the next key frame begins another. */
  renewForSound() {
    this.#sets = "";
    this.#events.askKey();
  }

  /** @param {End} end @returns {Promise<unknown>} */
  end(end) {
    return this.#then(() => this.#finish(end, true));
  }

  /** @param {() => Promise<void>} act */
  #then(act) {
    this.#turn = this.#turn.then(act).catch((error) => this.#broke(error));
    return this.#turn;
  }

  /** @param {Frame} frame */
  async #add(frame) {
    if (this.#isOver) return;
    if (this.#keyAt < 0 || frame.isKey) this.#keyAt = frame.seconds;
    else if (frame.seconds - this.#keyAt > KEY_EVERY_SECONDS) {
      this.#keyAt = frame.seconds;
      this.#events.askKey();
    }
    if (frame.isKey && !(await this.#fits(frame))) return;
    const mp4 = this.#mp4;
    if (!mp4) return;
    const before = mp4.bytes;
    await mp4.add(frame);
    if (mp4.bytes > before) this.#events.onProgress(mp4.seconds * 1_000, mp4.bytes);
  }

  /** Whether there is a file for this key frame; one of another format needs another file. @param {Frame} frame */
  async #fits({ data }) {
    const format = formatOf(this.#library, data);
    // Parameter sets may have come with an earlier key frame.
    if (!format) return this.#mp4 !== undefined;
    if (this.#mp4 && format.sets === this.#sets) return true;
    await this.#finish(this.#sets ? "changed" : "sound", this.#nFiles === MAX_FILES);
    if (this.#isOver) return false;
    this.#nFiles += 1;
    this.#sets = format.sets;
    const file = await this.#events.open(format);
    this.#file = file;
    this.#mp4 = new Mp4File(this.#library, format, (bytes, at) => file.write(bytes, at), file.sound);
    await this.#mp4.start();
    return true;
  }

  /** @param {End} end @param {boolean} isLast */
  async #finish(end, isLast) {
    if (this.#isOver) return;
    this.#isOver = isLast;
    const mp4 = this.#mp4;
    if (mp4) await mp4.end();
    if (mp4 || isLast) this.#close(end);
  }

  /** What was whole before stays. @param {unknown} error */
  #broke(error) {
    this.#isOver = true;
    const isFull = error instanceof Error && error.name === "QuotaExceededError";
    this.#close(isFull ? "full" : "failed");
  }

  /** @param {End} end */
  #close(end) {
    const [mp4, file] = [this.#mp4, this.#file];
    this.#mp4 = this.#file = undefined;
    try {
      file?.close(mp4?.bytes ?? 0);
    } catch {
      // The bytes are there; only what follows them may be half of a fragment.
    }
    this.#events.onEnd(end, (mp4?.seconds ?? 0) * 1_000, mp4?.bytes ?? 0);
  }
}
