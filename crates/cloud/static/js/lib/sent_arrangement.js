// Stores the arrangement of Live view on this device and in the account: the last browser to write wins. A device
// without a network keeps its changes until it can send them.

import { KEPT, UNSENT, VERSION } from "./kept_arrangement.js";

/** @import {Store} from "./kept_arrangement.js" */

/** @param {Store} store @param {string} text */
export function keepHere({ write }, text) {
  write(KEPT, text);
  write(UNSENT, "yes");
}

/** @param {Store} store @param {(text: string) => Promise<Pick<Response, "ok" | "status" | "text"> | undefined>} post */
export async function keepInAccount({ read, write }, post) {
  const text = read(KEPT) ?? "";
  const answer = await post(text);
  if (answer?.ok) write(VERSION, await answer.text());
  // What the account refuses stays on this device only.
  const isOver = answer?.ok || answer?.status === 400;
  if (isOver && read(KEPT) === text) write(UNSENT, "");
}
