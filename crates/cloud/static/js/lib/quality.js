// Which quality a person chose for the network in use, and what is asked of the recorder's end for it. No DOM.

/** @import {StreamKind} from "./control.js" */
/** @typedef {"auto" | "clear" | "balanced" | "fluent"} Quality */
/** @typedef {{type?: string, saveData?: boolean}} NetworkLike `navigator.connection`, where a browser has it. */
/** @typedef {"wifi" | "mobile" | "unknown"} NetworkKind Wi-Fi stands for every network that is not mobile. */

/** @type {readonly Quality[]} */
export const QUALITIES = ["auto", "clear", "balanced", "fluent"];

/** What the browser says about its network; not its speed, which is no kind of network. @param {NetworkLike} [network] @returns {NetworkKind} */
export function networkOf(network) {
  if (network?.type === "cellular") return "mobile";
  return network?.type === "wifi" || network?.type === "ethernet" ? "wifi" : "unknown";
}

/** The choice for the network in use; whoever saves data gets that for mobile data. @param {NetworkLike} [network] */
export function choiceName(network) {
  return `quality${networkOf(network) === "mobile" || network?.saveData ? ".mobile" : ""}`;
}

/** @param {string | null} stored @returns {Quality} */
export function qualityOf(stored) {
  return QUALITIES.find((it) => it === stored) ?? "auto";
}

/** In a tile the small picture is enough; whether the path bears the full one is for the recorder's end to say. @param {Quality} quality @param {boolean} isAlone @returns {StreamKind} */
export function wishOf(quality, isAlone) {
  if (quality !== "auto") return quality;
  return isAlone ? "auto" : "sub";
}
