// Asks for more time for a call at half of it, again and again.

/** @import {CallSocket} from "./call_socket.js" */
/** @import {Clock} from "./clock.js" */

/**
 * @param {{clock: Clock, socket: CallSocket}} options
 * @param {string} session
 * @param {number | undefined} seconds How long the call lasts; without a limit there is nothing to do.
 * @returns {() => void} Ends it.
 */
export function keepAlive({ clock, socket }, session, seconds) {
  let isOver = false;
  /** @type {unknown} */
  let timer;
  /** @param {number} left */
  const wait = (left) => {
    timer = clock.setTimeout(async () => {
      const answer = await socket.request("extend", { session }).catch(() => undefined);
      if (!isOver) wait(answer?.expiryTimeSeconds ?? Math.max(10, left / 2));
    }, left * 500);
  };
  if (seconds) wait(seconds);
  return () => {
    isOver = true;
    clock.clearTimeout(timer);
  };
}
