// The track of sound of one MP4 file: unbroken from the first picture to the last, so that the pictures never wait for
// sound that does not come.

import { SoundRun } from "./sound_run.js";

/** @typedef {{data: Uint8Array, seconds: number, duration: number, meta: unknown}} SoundPacket */
/**
 * @typedef {object} Encoder
 * @property {"aac" | "opus"} codec
 * @property {boolean} isBroken It makes no more packets.
 * @property {(samples: Float32Array, seconds: number) => void} add
 * @property {() => SoundPacket[]} taken Packets made since the last time.
 * @property {() => Promise<unknown>} end Makes the rest.
 */

/** So far sound may be behind the pictures; then it is taken for silence. */
const PATIENCE = 1;

export class Mp4Sound {
  source;
  #library;
  #encoder;
  #run;
  #isClosed = false;

  /** @param {any} library @param {Encoder} encoder */
  constructor(library, encoder) {
    this.#library = library;
    this.#encoder = encoder;
    this.source = new library.EncodedAudioPacketSource(encoder.codec);
    this.#run = new SoundRun((samples, seconds) => encoder.add(samples, seconds));
  }

  /** @param {Float32Array} samples @param {number} seconds Since the first picture. */
  async take(samples, seconds) {
    this.#run.take(samples, seconds);
    await this.#pass();
  }

  /** The pictures have come so far. @param {number} seconds */
  async follow(seconds) {
    this.#run.fill(seconds - PATIENCE);
    await this.#pass();
  }

  /** The last picture ends here. @param {number} seconds */
  async end(seconds) {
    this.#run.fill(seconds);
    await this.#encoder.end();
    await this.#pass();
  }

  async #pass() {
    for (const { data, seconds, duration, meta } of this.#isClosed ? [] : this.#encoder.taken()) {
      await this.source.add(new this.#library.EncodedPacket(data, "key", seconds, duration), meta);
    }
    // The pictures go on alone.
    if (this.#encoder.isBroken && !this.#isClosed) this.source.close();
    this.#isClosed ||= this.#encoder.isBroken;
  }
}
