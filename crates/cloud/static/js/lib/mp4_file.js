// One MP4 file, written in fragments as its frames arrive, so that it is playable at any time. Frames are not changed,
// except their framing from Annex B to that of MP4. The library is a parameter, because it is loaded only to record.

import { h264Codec } from "./h264.js";
import { h265Codec } from "./h265.js";
import { Mp4Sound } from "./mp4_sound.js";

/** @import {Encoder} from "./mp4_sound.js" */
/** @typedef {"avc" | "hevc"} VideoCodec */
/** @typedef {{data: Uint8Array, isKey: boolean, seconds: number}} Frame Access unit in Annex B. */
/** @typedef {{codec: VideoCodec, name: string, width: number, height: number, sets: string}} Format What decoders are told before the first frame; `sets` are the parameter sets themselves. */

const FRAGMENT_SECONDS = 1;
/** Of the last frame, where it is the only one. */
const USUAL_SECONDS = 1 / 25;
const H264_SETS = new Set([7, 8]);
const H265_SETS = new Set([32, 33, 34]);

/** The format of a key frame; undefined where it has no parameter sets. @param {any} library @param {Uint8Array} data @returns {Format | undefined} */
export function formatOf(library, data) {
  const units = [...library.iterateNalUnitsInAnnexB(data)].map(({ offset, length }) => data.subarray(offset, offset + length));
  const isH265 = units.some((unit) => h265Type(unit) === 32 && unit[1] === 1);
  const codec = isH265 ? "hevc" : "avc";
  const type = isH265 ? h265Type : h264Type;
  const sets = units.filter((unit) => (isH265 ? H265_SETS : H264_SETS).has(type(unit)));
  const sps = sets.find((unit) => type(unit) === (isH265 ? 33 : 7));
  const parsed = sps && (isH265 ? library.parseHevcSps(sps) : library.parseAvcSps(sps));
  const name = sps && (isH265 ? h265Codec(data)?.replace("hev1", "hvc1") : h264Codec(data));
  if (!parsed || !name || sets.length < 2) return undefined;
  return { codec, name, width: parsed.displayWidth, height: parsed.displayHeight, sets: sets.map(hex).join(" ") };
}

export class Mp4File {
  /** Bytes that make a whole file, and its length. */
  bytes = 0;
  seconds = 0;
  #library;
  #output;
  #source;
  #config;
  #written = 0;
  /** Bytes before the first fragment, with which nothing plays. */
  #begun = 0;
  #first = -1;
  /** Its length is known when the next comes. @type {Frame | undefined} */
  #held;
  #heldSeconds = USUAL_SECONDS;
  #end = 0;
  #sound;
  /** Of the library's notes about what it has written, those that are settled. */
  #nSettled = 0;

  /** @param {any} library @param {Format} format @param {(data: Uint8Array, position: number) => void} write Throws where there is no room. @param {Encoder} [encoder] For sound, if there is to be some. */
  constructor(library, format, write, encoder) {
    this.#library = library;
    const target = new WritableStream({
      write: ({ data, position }) => {
        write(data, position);
        this.#written = Math.max(this.#written, position + data.length);
      },
    });
    this.#output = new library.Output({
      format: new library.Mp4OutputFormat({ fastStart: "fragmented", minimumFragmentDuration: FRAGMENT_SECONDS }),
      target: new library.StreamTarget(target),
    });
    this.#source = new library.EncodedVideoPacketSource(format.codec);
    this.#config = { codec: format.name, codedWidth: format.width, codedHeight: format.height };
    this.#output.addVideoTrack(this.#source);
    if (encoder) this.#sound = new Mp4Sound(library, encoder);
    if (this.#sound) this.#output.addAudioTrack(this.#sound.source);
  }

  async start() {
    await this.#output.start();
    this.#begun = this.#written;
  }

  /** The first is a key frame. Rejects where there is no room; `bytes` are still a whole file. @param {Frame} frame */
  async add(frame) {
    if (this.#first < 0) this.#first = frame.seconds;
    if (this.#held) this.#heldSeconds = frame.seconds - this.#held.seconds;
    await this.#pass();
    this.#held = frame;
  }

  /** Sound on the clock of the frames. @param {Float32Array} samples @param {number} seconds */
  async addSound(samples, seconds) {
    if (this.#first < 0) return;
    await this.#sound?.take(samples, seconds - this.#first);
    this.#settle();
  }

  /** Writes what is left. */
  async end() {
    await this.#pass();
    await this.#sound?.end(this.#end);
    await this.#output.finalize();
    this.bytes = this.#written;
    this.seconds = this.#end;
  }

  async #pass() {
    const frame = this.#held;
    this.#held = undefined;
    if (!frame) return;
    const at = frame.seconds - this.#first;
    const packet = new this.#library.EncodedPacket(frame.data, frame.isKey ? "key" : "delta", at, this.#heldSeconds);
    await this.#source.add(packet, { decoderConfig: this.#config });
    this.#end = at + this.#heldSeconds;
    await this.#sound?.follow(at);
    this.#settle();
  }

  /** Looks whether fragments were written. The library notes every frame of them; for its index it needs one of each. */
  #settle() {
    if (this.#written === (this.bytes || this.#begun)) return;
    this.bytes = this.#written;
    const { finalizedChunks, trackDatas } = this.#output._muxer;
    for (const chunk of finalizedChunks.slice(this.#nSettled)) {
      const last = chunk.samples.at(-1);
      if (trackDatas[0].finalizedChunks.at(-1) === chunk) this.seconds = last.timestamp + last.duration;
      chunk.samples.length = 1;
    }
    this.#nSettled = finalizedChunks.length;
  }
}

/** @param {Uint8Array} unit */
function h264Type(unit) {
  return (unit[0] ?? 0) & 31;
}

/** @param {Uint8Array} unit */
function h265Type(unit) {
  return ((unit[0] ?? 0) >> 1) & 63;
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
