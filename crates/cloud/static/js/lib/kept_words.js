// Texts for stored pictures and videos: local day, lengths and sizes in the format of the region.

import { region } from "./region.js";
import { say } from "./say.js";

/** @import {KeptItem} from "./kept.js" */
/** @import {End} from "./recorder.js" */

/** Key of why a recording ended, where nobody stopped it. @type {Record<Exclude<End, "stopped">, string>} */
const END_KEYS = {
  left: "recording-ended-left",
  lost: "recording-ended-lost",
  full: "recording-ended-full",
  changed: "recording-ended-changed",
  sound: "recording-ended-sound",
  failed: "recording-ended-failed",
};

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

/** Items in the order given, by the day on which they were taken here. @param {KeptItem[]} items @returns {{day: Date, items: KeptItem[]}[]} */
export function byDay(items) {
  /** @type {Map<number, KeptItem[]>} */
  const days = new Map();
  for (const item of items) {
    const day = startOfDay(new Date(item.at)).getTime();
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  return [...days].map(([day, all]) => ({ day: new Date(day), items: all }));
}

/** "Today", "Yesterday", else the whole date. @param {Date} day @param {Date} now @param {string} [locale] */
export function dayWords(day, now, locale = region) {
  // Rounded, because a day may have 23 or 25 hours.
  const ago = Math.round((startOfDay(now).getTime() - startOfDay(day).getTime()) / 86_400_000);
  if (ago === 0 || ago === 1) {
    const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-ago, "day");
    return words.slice(0, 1).toLocaleUpperCase(locale) + words.slice(1);
  }
  return day.toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** @param {number} at @param {string} [locale] */
export function timeWords(at, locale = region) {
  return new Date(at).toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit", second: "2-digit" });
}

/** "0:42", "12:07" or "2:00:00". @param {number} ms */
export function lengthWords(ms) {
  const all = Math.floor(ms / 1000);
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** "1.4 MB". @param {number} bytes @param {string} [locale] */
export function sizeWords(bytes, locale = region) {
  const power = Math.min(UNITS.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  const form = { style: "unit", unit: UNITS[power], unitDisplay: "short", maximumFractionDigits: digits };
  return new Intl.NumberFormat(locale, /** @type {Intl.NumberFormatOptions} */ (form)).format(value);
}

/** Why a video is as long as it is; empty where somebody stopped it. @param {End | null} end Null for a page that was left. */
export function endWords(end) {
  if (end === null) return say("recording-ended-page");
  return end === "stopped" ? "" : say(END_KEYS[end]);
}

/** What a picture or video shows. @param {KeptItem} item @param {string} camera */
export function nameWords({ kind }, camera) {
  return kind === "video" ? say("kept-video-of", { camera }) : say("kept-picture-of", { camera });
}

/** @param {Date} time */
function startOfDay(time) {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate());
}
