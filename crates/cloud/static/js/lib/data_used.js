// How many bytes Live view used on this device, by local day and month and kind of network. Stored data may be damaged,
// and other tabs write it too: each adds only its new bytes. No DOM and no clock.

/** @import {NetworkKind} from "./quality.js" */
/** @typedef {Record<NetworkKind, number>} UsedBytes */
/** @typedef {{days: Record<string, UsedBytes>, months: Record<string, UsedBytes>}} DataUsed By "2026-11-28" and "2026-11". */

/** What the browser keeps it under. */
export const USED = "peerview.data";
/** @type {readonly NetworkKind[]} */
export const NETWORKS = ["wifi", "mobile", "unknown"];
/** Two days and two months are shown. */
const MAX_DAYS = 2;
const MAX_MONTHS = 2;

/** @param {string | null} text What is kept. @returns {DataUsed} */
export function readUsed(text) {
  /** @type {any} */
  let kept;
  try {
    kept = JSON.parse(text ?? "");
  } catch {
    kept = undefined;
  }
  return { days: readSpans(kept?.days, /^\d{4}-\d{2}-\d{2}$/), months: readSpans(kept?.months, /^\d{4}-\d{2}$/) };
}

/** @param {DataUsed} used @param {number} bytes @param {NetworkKind} network @param {Date} now @returns {DataUsed} */
export function addUsed({ days, months }, bytes, network, now) {
  return { days: added(days, dayOf(now), bytes, network, MAX_DAYS), months: added(months, monthOf(now), bytes, network, MAX_MONTHS) };
}

/** What is shown of it. @param {DataUsed} used @param {Date} now @returns {Record<"today" | "yesterday" | "month" | "last-month", UsedBytes>} */
export function spansOf({ days, months }, now) {
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const lastMonth = new Date(now.getFullYear(), now.getMonth() - 1, 1);
  return {
    today: days[dayOf(now)] ?? nothing(),
    yesterday: days[dayOf(yesterday)] ?? nothing(),
    month: months[monthOf(now)] ?? nothing(),
    "last-month": months[monthOf(lastMonth)] ?? nothing(),
  };
}

/** @param {Record<string, UsedBytes>} spans @param {string} span @param {number} bytes @param {NetworkKind} network @param {number} most */
function added(spans, span, bytes, network, most) {
  const before = spans[span] ?? nothing();
  const all = { ...spans, [span]: { ...before, [network]: before[network] + Math.max(0, Math.round(bytes)) } };
  // A phone whose clock was wrong has spans in the future; what is counted at present stays.
  const others = Object.keys(all).filter((it) => it !== span).sort().slice(1 - most);
  return Object.fromEntries([...others, span].sort().map((it) => [it, /** @type {UsedBytes} */ (all[it])]));
}

/** @param {any} kept @param {RegExp} name @returns {Record<string, UsedBytes>} */
function readSpans(kept, name) {
  if (typeof kept !== "object" || kept === null) return {};
  const named = Object.keys(kept).filter((it) => name.test(it)).sort().slice(-MAX_DAYS - 1);
  return Object.fromEntries(named.map((it) => [it, readBytes(kept[it])]));
}

/** @param {any} kept @returns {UsedBytes} */
function readBytes(kept) {
  const read = NETWORKS.map((network) => {
    const bytes = Number(kept?.[network]);
    return [network, Number.isSafeInteger(bytes) && bytes > 0 ? bytes : 0];
  });
  return /** @type {UsedBytes} */ (Object.fromEntries(read));
}

/** @returns {UsedBytes} */
function nothing() {
  return { wifi: 0, mobile: 0, unknown: 0 };
}

/** @param {Date} time */
function dayOf(time) {
  return `${monthOf(time)}-${String(time.getDate()).padStart(2, "0")}`;
}

/** @param {Date} time */
function monthOf(time) {
  return `${String(time.getFullYear()).padStart(4, "0")}-${String(time.getMonth() + 1).padStart(2, "0")}`;
}
