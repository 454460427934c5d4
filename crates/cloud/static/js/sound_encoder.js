// Makes sound for MP4 of what comes over a call: AAC where the browser has an encoder for it, else Opus.

import { Upsampler } from "./lib/upsampler.js";

/** @import {Encoder, SoundPacket} from "./lib/mp4_sound.js" */
/** @typedef {{codec: string, bitrate: number, sampleRate: number, numberOfChannels: number}} SoundFormat */

const [sampleRate, numberOfChannels] = [48_000, 1];
/** @type {SoundFormat[]} */
const FORMATS = [
  { codec: "mp4a.40.2", bitrate: 32_000, sampleRate, numberOfChannels },
  // The least that Windows knows.
  { codec: "mp4a.40.2", bitrate: 96_000, sampleRate, numberOfChannels },
  { codec: "opus", bitrate: 24_000, sampleRate, numberOfChannels },
];

/** The first that this browser can make. @returns {Promise<SoundFormat | undefined>} */
export async function soundFormat() {
  for (const format of "AudioEncoder" in globalThis ? FORMATS : []) {
    const { supported } = await AudioEncoder.isConfigSupported(format).catch(() => ({ supported: false }));
    if (supported) return format;
  }
  return undefined;
}

/** @implements {Encoder} */
export class SoundEncoder {
  isBroken = false;
  /** @type {"aac" | "opus"} */
  codec;
  #encoder;
  #upsampler = new Upsampler();
  /** @type {SoundPacket[]} */
  #packets = [];

  /** @param {SoundFormat} format */
  constructor(format) {
    this.codec = format.codec === "opus" ? "opus" : "aac";
    this.#encoder = new AudioEncoder({ output: (chunk, meta) => this.#made(chunk, meta), error: () => (this.isBroken = true) });
    this.#encoder.configure(format);
  }

  /** @param {Float32Array} samples @param {number} seconds */
  add(samples, seconds) {
    if (this.isBroken) return;
    const data = this.#upsampler.take(samples);
    const timestamp = Math.round(seconds * 1e6);
    const audio = new AudioData({ format: "f32", sampleRate, numberOfChannels, numberOfFrames: data.length, timestamp, data });
    try {
      this.#encoder.encode(audio);
    } catch {
      this.isBroken = true;
    }
    audio.close();
  }

  taken() {
    return this.#packets.splice(0);
  }

  async end() {
    if (this.isBroken) return;
    await this.#encoder.flush().catch(() => {});
    if (!this.isBroken) this.#encoder.close();
  }

  /** @param {EncodedAudioChunk} chunk @param {EncodedAudioChunkMetadata} [meta] */
  #made(chunk, meta) {
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    this.#packets.push({ data, seconds: Math.max(0, chunk.timestamp / 1e6), duration: (chunk.duration ?? 20_000) / 1e6, meta });
  }
}
