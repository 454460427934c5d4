// Storage of pictures and videos in this browser: rows and pictures in IndexedDB, the bytes of videos in its
// private file system (OPFS).

import { fileName } from "./lib/file_name.js";
import { Kept } from "./lib/kept.js";
import { say } from "./lib/say.js";

/** @import {KeptItem} from "./lib/kept.js" */

export const kept = new Kept(indexedDB);
const VIDEOS = "videos";
export const POSTER_WIDTH = 320;

/** Who is signed in on this page. */
export function person() {
  return document.querySelector("[data-person]")?.getAttribute("data-person") ?? "";
}

/** An item of the person on this page, from now. @param {"picture" | "video"} kind @param {string} camera @returns {KeptItem} */
export function newItem(kind, camera) {
  const nothing = { bytes: 0, ms: 0, width: 0, height: 0, poster: null, data: null, end: null };
  const id = `${Date.now()}-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  return { id, person: person(), kind, camera, at: Date.now(), ...nothing };
}

/** What the file of an item is called. @param {KeptItem} item */
export function nameOf({ camera, at, kind }) {
  return fileName(camera, new Date(at), kind === "video" ? "mp4" : "jpg", say("kept-camera"));
}

/** The file of an item, for playing, sharing and saving; of a page that died, what was whole. @param {KeptItem} item @returns {Promise<File>} */
export async function fileOf(item) {
  const type = item.kind === "video" ? "video/mp4" : "image/jpeg";
  const bytes = item.data ?? (await (await videoFile(item.id)).getFile()).slice(0, item.bytes);
  return new File([bytes], nameOf(item), { type, lastModified: item.at });
}

/** @param {KeptItem} item */
export async function erase(item) {
  if (item.kind === "video") await (await folder()).removeEntry(videoName(item.id)).catch(() => {});
  await kept.remove(item.id);
}

/** Everything, of everybody: the browser forgets it at log out. */
export async function eraseAll() {
  await kept.clear().catch(() => {});
  const root = await navigator.storage?.getDirectory?.().catch(() => undefined);
  await root?.removeEntry(VIDEOS, { recursive: true }).catch(() => {});
}

/** Whether a recording of this item is running, in whatever tab. @param {string} id */
export async function isRecording(id) {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some(({ name }) => name === recordingLock(id));
}

/** @param {string} id */
export function recordingLock(id) {
  return `peerview.recording/${id}`;
}

/** @param {string} id */
export function videoName(id) {
  return `${id}.mp4`;
}

/** @param {string} id */
async function videoFile(id) {
  return (await folder()).getFileHandle(videoName(id));
}

async function folder() {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(VIDEOS, { create: true });
}
