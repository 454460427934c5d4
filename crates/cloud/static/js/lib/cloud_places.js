// Whether the cloud has a place free for one more socket. A browser does not tell a page why its socket was refused,
// but a plain request to the same address is refused for the same reason first.

/** What the cloud answers while all of its places are taken. */
export const NO_PLACE = 503;

/** @param {AbortSignal} signal */
export async function isCloudFull(signal) {
  return (await fetch("/call", { signal })).status === NO_PLACE;
}
