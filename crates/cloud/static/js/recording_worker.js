// Records one camera: frames of its video pass through here on their way to the decoder, or pictures of its data channel
// are handed in; they go into files of the browser's private file system.

import { Recorder } from "./lib/recorder.js";
import { RESERVE, mostThat } from "./lib/room.js";
import { RtpClock } from "./lib/rtp_clock.js";

/** @typedef {{room: number} | {start: string} | {picture: {data: Uint8Array, isKey: boolean, timeMicros: number}} | {end: import("./lib/recorder.js").End}} RecordingWork */
/** @typedef {{room: number} | {began: string, width: number, height: number} | {ms: number, bytes: number, end?: import("./lib/recorder.js").End}} RecordingNews */

/** Ends before the phone is full: then the file gets its index, and the browser has some room, too. */
const LOOK_EVERY_MS = 10_000;
/** No frame for so long, and the camera or its connection is away. */
const SILENT_MS = 20_000;

/** A file of its own, under the MPL; loaded only here. */
const LIBRARY = new URL("../vendor/mediabunny-1.61.0/mediabunny.js", import.meta.url).href;

const clock = new RtpClock();
/** @type {Recorder | undefined} */
let recorder;
/** @type {{sendKeyFrameRequest?: () => Promise<unknown>} | undefined} */
let source;
let id = "";
let nFiles = 0;
let heardAt = 0;

/** @type {any} */ (globalThis).onrtctransform = (/** @type {any} */ { transformer }) => {
  source = transformer;
  void pass(transformer);
};

self.onmessage = async (/** @type {MessageEvent<RecordingWork>} */ { data }) => {
  if ("room" in data) tell({ room: await room(data.room).catch(noRoom) });
  else if ("start" in data) await start(data.start).catch(() => tell({ end: "failed", ms: 0, bytes: 0 }));
  else if ("end" in data) await (recorder ? recorder.end(data.end) : tell({ end: data.end, ms: 0, bytes: 0 }));
  else take(data.picture.data, data.picture.isKey, Math.round((data.picture.timeMicros * 9) / 100));
};

/** @param {string} name */
async function start(name) {
  id = name;
  heardAt = performance.now();
  const library = await import(LIBRARY);
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

/** Hands every frame on, whatever happens to its copy. @param {any} transformer */
async function pass({ readable, writable }) {
  const frames = readable.getReader();
  const onward = writable.getWriter();
  for (let next = await frames.read(); !next.done; next = await frames.read()) {
    const frame = next.value;
    if (recorder) {
      const { rtpTimestamp = frame.timestamp } = frame.getMetadata();
      take(new Uint8Array(frame.data.slice(0)), frame.type === "key", rtpTimestamp);
    }
    onward.write(frame).catch(() => {});
  }
  await recorder?.end("lost");
}

/** @param {Uint8Array} data @param {boolean} isKey @param {number} timestamp */
function take(data, isKey, timestamp) {
  heardAt = performance.now();
  void recorder?.take({ data, isKey, seconds: clock.seconds(timestamp, heardAt) });
}

function askKey() {
  source?.sendKeyFrameRequest?.().catch(() => {});
}

/** @param {{width: number, height: number}} format */
async function open({ width, height }) {
  nFiles += 1;
  const name = nFiles === 1 ? id : `${id}-${nFiles}`;
  const handle = await handleOf(`${name}.mp4`);
  tell({ began: name, width, height });
  return {
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
