// What states and times are called. The texts themselves are in locales/<language>/script.ftl.

import { LOST } from "./rpc.js";
import { say } from "./say.js";
import { language } from "./texts.js";

/** @import {SlotState} from "./control.js" */
/** @typedef {"recorder-offline" | "no-answer" | "no-path" | "no-cloud" | "cloud-full" | "forbidden" | "busy" | "unsupported"} CallTrouble */
/** @typedef {SlotState | CallTrouble | "too-large" | "no-h264" | "still" | "slow" | "removed"} TileState "too-large": for the decoder in WebAssembly. "no-h264": this browser lacks it, and the camera sends nothing else. "still": nothing comes any more. "slow": nothing has come for long. */
/** @typedef {{kind?: unknown, codec?: unknown, until?: unknown, status?: unknown}} Reason What a recorder's end says; nothing in it is sure. */

/** Key of what a tile says in each state. @type {Record<TileState, string>} */
const TILE_KEYS = {
  waiting: "tile-waiting",
  still: "tile-still",
  slow: "tile-slow",
  removed: "tile-removed",
  playing: "",
  offline: "tile-offline",
  unplayable: "tile-unplayable",
  "too-large": "tile-too-large",
  "no-h264": "tile-no-h264",
  refused: "reason-refused",
  "recorder-offline": "tile-recorder-offline",
  "no-answer": "tile-no-answer",
  "no-path": "tile-no-path",
  "no-cloud": "tile-no-cloud",
  "cloud-full": "tile-cloud-full",
  forbidden: "tile-forbidden",
  busy: "tile-busy",
  unsupported: "tile-unsupported",
};

/** Key of each reason that an agent may give. */
const REASON_KEYS = new Map([
  ["refused", "reason-refused"],
  ["locked", "reason-locked"],
  ["login-missing", "reason-login-missing"],
  ["no-digest", "reason-no-digest"],
  ["forbidden", "reason-forbidden"],
  ["https-wanted", "reason-https-wanted"],
  ["certificate", "reason-certificate"],
  ["certificate-changed", "reason-certificate-changed"],
  ["unreachable", "reason-unreachable"],
  ["no-answer", "reason-no-answer"],
  ["closed", "reason-closed"],
  ["invalid-answer", "reason-invalid-answer"],
  ["moved", "reason-moved"],
  ["full", "reason-full"],
  ["no-stream", "reason-no-stream"],
  ["status", "reason-status"],
  ["unplugged", "reason-unplugged"],
  ["no-camera", "reason-no-camera"],
  ["no-video", "reason-no-video"],
  ["no-picture", "reason-no-picture"],
  ["no-key-frame", "reason-no-key-frame"],
  ["no-parameter-sets", "reason-no-parameter-sets"],
  ["codec", "reason-codec"],
]);

/** What another codec of the stream, or one without "+", may mend. */
const MENDABLE = new Set(["unplayable", "too-large"]);
const MENDABLE_REASONS = new Set(["codec", "no-key-frame"]);

/** The year 2100. */
const LAST_SECOND = 4_102_444_800;

/** What a tile says in this state, for this reason if the recorder's end gave one. @param {TileState} state @param {Reason} [reason] */
export function tileWords(state, reason) {
  if (reason && state !== "playing") return reasonWords(reason);
  const key = TILE_KEYS[state];
  return key ? say(key) : "";
}

/** Whether a camera in this state may show a picture once its stream is changed. @param {TileState} state @param {Reason} [reason] */
export function isMendable(state, reason) {
  return MENDABLE.has(state) || MENDABLE_REASONS.has(String(reason?.kind));
}

/** What is wrong and what to do. `language/reason.rs` says the same. @param {Reason} reason @returns {string} */
export function reasonWords({ kind, codec, until, status }) {
  const key = REASON_KEYS.get(String(kind)) ?? "reason-unknown";
  if (kind === "locked" && typeof until === "number" && until > 0 && until <= LAST_SECOND) {
    return say("reason-locked-until", { when: when(until, new Date()) });
  }
  // A codec is a short token and a status a number, whoever is at the other end.
  const name = String(codec ?? "?").replaceAll(/[^A-Za-z0-9.+-]/g, "").slice(0, 20);
  return say(key, { codec: name, status: Math.trunc(Number(status)) || 0 });
}

/**
 * The state that an error code of ONVIF WebRTC or JSON-RPC stands for. 1002 is the recorder's lost connection, as is
 * everything else that is said of a recorder that is not there.
 * @param {number} code
 * @returns {CallTrouble}
 */
export function troubleOf(code) {
  if (code === LOST) return "no-cloud";
  if (code === 408) return "no-answer";
  if (code === 401 || code === 403) return "forbidden";
  if (code === 429 || code === 1001) return "busy";
  return "recorder-offline";
}

/**
 * The language of the page in the person's region: whoever reads English in Germany reads the clock as there.
 * @param {string} language
 * @param {readonly string[]} wanted What the browser asks for.
 */
export function localeOf(language, wanted) {
  for (const tag of wanted) {
    try {
      const { region } = new Intl.Locale(tag);
      if (region) return new Intl.Locale(language, { region }).toString();
    } catch {
      // Not a tag of a language.
    }
  }
  return language;
}

const locale = localeOf(language, globalThis.navigator?.languages ?? []);

/** "21:04" today, "Tue 21:04" within a week, else the day. @param {number} seconds @param {Date} now */
export function when(seconds, now) {
  const then = new Date(seconds * 1000);
  const time = then.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === now.toDateString()) return time;
  if (now.getTime() - then.getTime() < 6 * 86_400_000) {
    return `${then.toLocaleDateString(locale, { weekday: "short" })} ${time}`;
  }
  return then.toLocaleDateString(locale, { day: "numeric", month: "short", year: "numeric" });
}
