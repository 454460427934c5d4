// Every text that scripts put on the screen, in one place, so that it can be translated.

/** @import {SlotState} from "./control.js" */
/** @typedef {"recorder-offline" | "no-answer" | "no-path" | "no-cloud" | "forbidden" | "busy" | "unsupported"} CallTrouble */
/** @typedef {SlotState | CallTrouble} TileState */

/** What a tile says in each state. @type {Record<TileState, string>} */
export const tileWords = {
  waiting: "Connecting…",
  playing: "",
  offline: "The camera is offline",
  unplayable: "This browser cannot play this camera’s video. Set the camera’s sub-stream to H.264.",
  refused: "The recorder refused its password. Set the right one where the agent runs.",
  "recorder-offline": "The device is offline",
  "no-answer": "The device does not answer",
  "no-path": "No path to the device was found",
  "no-cloud": "No connection to the cloud",
  forbidden: "You may not watch this device",
  busy: "The device is busy. Wait a moment.",
  unsupported: "This browser cannot show live video",
};

export const words = {
  direct: "Direct",
  relayed: "Relayed",
  online: "Online",
  offline: "Offline",
  neverOnline: "Not online yet",
  show: "Show",
  hide: "Hide",
  showPassword: "Show password",
  /** @param {string} when */
  offlineSince: (when) => `Offline since ${when}`,
  /** @param {number} n */
  cameras: (n) => (n === 1 ? "1 camera" : `${n} cameras`),
  /** @param {number} page @param {number} pages */
  page: (page, pages) => `${page} / ${pages}`,
  noCodeInPicture: "No code of a recorder was found in this picture.",
  noCamera: "The camera could not be opened. Type the serial number and code instead.",
  scanned: "Code read. Check the name, then choose Add.",
  wrongCode: "This QR code is not one of a recorder.",
};

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
  const time = then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === now.toDateString()) return time;
  if (now.getTime() - then.getTime() < 6 * 86_400_000) {
    return `${then.toLocaleDateString([], { weekday: "short" })} ${time}`;
  }
  return then.toLocaleDateString([], { day: "numeric", month: "short", year: "numeric" });
}
