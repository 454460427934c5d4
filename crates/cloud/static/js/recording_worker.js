// Records one camera: frames of its video and packets of its sound pass through here on their way to the decoders, or
// pictures of its data channel are handed in; they go into files of the browser's private file system.

import { lawOf, samplesOf } from "./lib/g711.js";
import { LipSync } from "./lib/lip_sync.js";
import { Recorder } from "./lib/recorder.js";
import { RESERVE, mostThat } from "./lib/room.js";
import { SoundEncoder, soundFormat } from "./sound_encoder.js";

/** @import {End} from "./lib/recorder.js" */
/** @typedef {{readable: ReadableStream, writable: WritableStream, kind: string}} Passage Where what comes passes through. */
/** @typedef {{data: Uint8Array, isKey: boolean, timeMicros: number}} DrawnPicture */
/** @typedef {{room: number} | {start: string} | {picture: DrawnPicture} | {passage: Passage} | {anew: true} | {end: End}} RecordingWork */
/** @typedef {"recorded" | "none" | "unsupported"} SoundState */
/** @typedef {{room: number} | {began: string, width: number, height: number, sound: SoundState} | {ms: number, bytes: number, end?: End}} RecordingNews */

/** Ends before the phone is full: then the file gets its index, and the browser has some room, too. */
const LOOK_EVERY_MS = 10_000;
/** No frame for so long, and the camera or its connection is away. */
const SILENT_MS = 20_000;
/** Sound is asked for once the control channel is open, when the first pictures have long come. */
const SOUND_MS = 3_000;

/** A file of its own, under the MPL; loaded only here. */
const LIBRARY = new URL("../vendor/mediabunny-1.61.0/mediabunny.js", import.meta.url).href;

const sync = new LipSync();
/** @type {Recorder | undefined} */
let recorder;
/** @type {{sendKeyFrameRequest?: () => Promise<unknown>} | undefined} */
let source;
let id = "";
let nFiles = 0;
let heardAt = 0;
/** What sound is made; undefined where this browser cannot make any. @type {import("./sound_encoder.js").SoundFormat | undefined} */
let format;
let hasSoundCome = false;
let onSound = () => {};
/** Whether the file that is written has sound. */
let isSounding = false;

/** @type {any} */ (globalThis).onrtctransform = (/** @type {any} */ { transformer }) => {
  const { readable, writable, options } = transformer;
  if (options.kind === "video") source = transformer;
  void pass({ readable, writable, kind: options.kind });
};

self.onmessage = async (/** @type {MessageEvent<RecordingWork>} */ { data }) => {
  if ("room" in data) tell({ room: await room(data.room).catch(noRoom) });
  else if ("start" in data) await start(data.start).catch(() => tell({ end: "failed", ms: 0, bytes: 0 }));
  else if ("passage" in data) void pass(data.passage);
  else if ("anew" in data) sync.restart();
  else if ("end" in data) await (recorder ? recorder.end(data.end) : tell({ end: data.end, ms: 0, bytes: 0 }));
  else take(data.picture.data, data.picture.isKey, Math.round((data.picture.timeMicros * 9) / 100), false);
};

/** @param {string} name */
async function start(name) {
  id = name;
  heardAt = performance.now();
  const library = await import(LIBRARY);
  format = await soundFormat();
  recorder = new Recorder(library, {
    open,
    onProgress: (ms, bytes) => tell({ ms, bytes }),
    onEnd: (end, ms, bytes) => tell({ end, ms, bytes }),
    askKey,
  });
  askKey();
  setInterval(() => performance.now() - heardAt > SILENT_MS && recorder?.end("lost"), 1_000);
  setInterval(async () => isUsedUp(await room(RESERVE).catch(noRoom)) && recorder?.end("full"), LOOK_EVERY_MS);
}

/** Hands everything on, whatever happens to its copy. @param {Passage} passage */
async function pass({ readable, writable, kind }) {
  const frames = readable.getReader();
  const onward = writable.getWriter();
  for (let next = await frames.read(); !next.done; next = await frames.read()) {
    const frame = next.value;
    const metadata = frame.getMetadata();
    const { rtpTimestamp = frame.timestamp } = metadata;
    if (kind === "audio") hear(new Uint8Array(frame.data), metadata, rtpTimestamp);
    else take(new Uint8Array(frame.data.slice(0)), frame.type === "key", rtpTimestamp, true);
    onward.write(frame).catch(() => {});
  }
}

/** @param {Uint8Array} data @param {boolean} isKey @param {number} timestamp @param {boolean} isRtp */
function take(data, isKey, timestamp, isRtp) {
  if (!recorder) return;
  heardAt = performance.now();
  void recorder.take({ data, isKey, seconds: sync.picture(timestamp, heardAt, isRtp) });
}

/** @param {Uint8Array} data @param {{payloadType?: number}} metadata @param {number} timestamp */
function hear(data, metadata, timestamp) {
  const law = lawOf(metadata);
  // Of another kind, or of a kind that this browser does not tell.
  if (!law) format = undefined;
  if (!recorder || !format || !law) return;
  const seconds = sync.sound(timestamp, performance.now());
  if (!hasSoundCome && nFiles > 0) recorder.renewForSound();
  hasSoundCome = true;
  onSound();
  if (isSounding || nFiles === 0) void recorder.takeSound(samplesOf(data, law), seconds);
}

function askKey() {
  source?.sendKeyFrameRequest?.().catch(() => {});
}

/** @param {{width: number, height: number}} size */
async function open({ width, height }) {
  const sound = await encoder().catch(() => (format = undefined));
  isSounding = sound !== undefined;
  nFiles += 1;
  const name = nFiles === 1 ? id : `${id}-${nFiles}`;
  const handle = await handleOf(`${name}.mp4`);
  tell({ began: name, width, height, sound: isSounding ? "recorded" : format ? "none" : "unsupported" });
  return {
    sound,
    write: (/** @type {Uint8Array} */ data, /** @type {number} */ at) => {
      // A disk that is full may take a part.
      if (handle.write(data, { at }) < data.length) throw new DOMException("the disk is full", "QuotaExceededError");
    },
    close: (/** @type {number} */ bytes) => {
      handle.truncate(bytes);
      handle.flush();
      handle.close();
    },
  };
}

/** For the sound of another file, if the camera sends sound. */
async function encoder() {
  if (!format) return undefined;
  // Frames wait in their turn meanwhile.
  if (!hasSoundCome && nFiles === 0) {
    await new Promise((resolve) => {
      onSound = () => resolve(undefined);
      setTimeout(resolve, SOUND_MS);
    });
  }
  return hasSoundCome ? new SoundEncoder(format) : undefined;
}

/** @param {string} name */
async function handleOf(name) {
  const file = /** @type {any} */ (await (await videos()).getFileHandle(name, { create: true }));
  return file.createSyncAccessHandle();
}

async function videos() {
  return (await navigator.storage.getDirectory()).getDirectoryHandle("videos", { create: true });
}

/** Bytes that a file may grow to, up to those wanted. What Chromium tells in `estimate()` is the same on every phone. @param {number} wanted */
async function room(wanted) {
  const name = `room-${performance.timeOrigin}-${Math.random()}`;
  const handle = await handleOf(name);
  try {
    return mostThat((bytes) => handle.truncate(bytes), wanted);
  } finally {
    handle.truncate(0);
    handle.close();
    await (await videos()).removeEntry(name);
  }
}

/** No room, or -1 where nothing can be kept for another reason. @param {unknown} error */
function noRoom(error) {
  return error instanceof DOMException && error.name === "QuotaExceededError" ? 0 : -1;
}

/** @param {number} bytes */
function isUsedUp(bytes) {
  return bytes >= 0 && bytes < RESERVE;
}

/** @param {RecordingNews} news */
function tell(news) {
  self.postMessage(news);
}
