// Texts for refusals of the recorder's end, with what to do about them. No DOM.

import { LOST, RpcError } from "./rpc.js";
import { say } from "./say.js";

/** Key of what to do, by the code of the refusal. */
const REFUSAL_KEYS = new Map([
  [LOST, "panel-lost"],
  [404, "reason-no-camera"],
  [408, "panel-no-answer"],
  [409, "panel-busy"],
  [429, "panel-busy"],
  [480, "panel-no-answer"],
  [501, "panel-unsupported"],
  [1002, "panel-lost"],
]);

/** Whether nothing was refused: the connection is gone. @param {unknown} error */
export function isLost(error) {
  return REFUSAL_KEYS.get(codeOf(error)) === "panel-lost";
}

/** @param {unknown} error @param {string} forbidden Key of what is said to whoever may not. @returns {string} */
export function refusalWords(error, forbidden) {
  const code = codeOf(error);
  return say(code === 403 ? forbidden : (REFUSAL_KEYS.get(code) ?? "panel-refused"));
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof RpcError ? error.code : LOST;
}
