// Tells when this browser may have moved to another network, or was asleep while it did.

/** What only some browsers say about the network in use. */
export const { connection: network } = /** @type {{connection?: EventTarget & import("./lib/quality.js").NetworkLike}} */ (navigator);

/** @param {() => void} listener */
export function onNetworkChange(listener) {
  addEventListener("online", listener);
  // It also tells of a new estimate of speed; so it is a hint.
  network?.addEventListener("change", listener);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") listener();
  });
}
