// What states and times are called. The texts themselves are in locales/<language>/script.ftl.

import { say } from "./say.js";
import { language } from "./texts.js";

/** @import {SlotState} from "./control.js" */
/** @typedef {"recorder-offline" | "no-answer" | "no-path" | "no-cloud" | "forbidden" | "busy" | "unsupported"} CallTrouble */
/** @typedef {SlotState | CallTrouble} TileState */

/** Key of what a tile says in each state. @type {Record<TileState, string>} */
const TILE_KEYS = {
  waiting: "tile-waiting",
  playing: "",
  offline: "tile-offline",
  unplayable: "tile-unplayable",
  refused: "tile-refused",
  "recorder-offline": "tile-recorder-offline",
  "no-answer": "tile-no-answer",
  "no-path": "tile-no-path",
  "no-cloud": "tile-no-cloud",
  forbidden: "tile-forbidden",
  busy: "tile-busy",
  unsupported: "tile-unsupported",
};

/** What a tile says in this state. @param {TileState} state */
export function tileWords(state) {
  const key = TILE_KEYS[state];
  return key ? say(key) : "";
}

/**
 * The state that an error code of ONVIF WebRTC or JSON-RPC stands for.
 * @param {number} code
 * @returns {CallTrouble}
 */
export function troubleOf(code) {
  if (code === 1002) return "no-cloud";
  if (code === 408) return "no-answer";
  if (code === 401 || code === 403) return "forbidden";
  if (code === 429 || code === 1001) return "busy";
  return "recorder-offline";
}

/** "21:04" today, "Tue 21:04" within a week, else the day. @param {number} seconds @param {Date} now */
export function when(seconds, now) {
  const then = new Date(seconds * 1000);
  const time = then.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === now.toDateString()) return time;
  if (now.getTime() - then.getTime() < 6 * 86_400_000) {
    return `${then.toLocaleDateString(language, { weekday: "short" })} ${time}`;
  }
  return then.toLocaleDateString(language, { day: "numeric", month: "short", year: "numeric" });
}
