// Stores the arrangement of Live view on this device and in the account: the last browser to write wins. A device
// without a network keeps its changes until it can send them.

import { KEPT, UNSENT, VERSION } from "./kept_arrangement.js";

/** Under this, browsers keep whose everything else is (person.js). */
const PERSON = "peerview.person";

/** @import {Store} from "./kept_arrangement.js" */

/**
 * Keeps what the person of a page has changed; not if somebody else has logged in meanwhile, in another tab.
 * @param {Store} store @param {string} text @param {string | undefined} person
 */
export function keepHere({ read, write }, text, person) {
  if (read(PERSON) !== person) return false;
  write(KEPT, text);
  write(UNSENT, "yes");
  return true;
}

/**
 * Sends what this device has changed; nothing if an earlier request took it along.
 * @template {Pick<Response, "ok" | "status" | "text">} T
 * @param {Store} store @param {(text: string) => Promise<T | undefined>} post
 * @returns {Promise<T | undefined>} The answer.
 */
export async function keepInAccount({ read, write }, post) {
  if (read(UNSENT) !== "yes") return undefined;
  const text = read(KEPT) ?? "";
  const answer = await post(text);
  if (answer?.ok) write(VERSION, await answer.text());
  // What the account refuses stays on this device only.
  const isOver = answer?.ok || answer?.status === 400;
  if (isOver && read(KEPT) === text) write(UNSENT, "");
  return answer;
}
