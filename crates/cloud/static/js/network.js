// Tells when this browser may have moved to another network, or was asleep while it did.

/** @param {() => void} listener */
export function onNetworkChange(listener) {
  addEventListener("online", listener);
  // Only some browsers have it, and it also tells of a new estimate of speed; so it is a hint.
  const { connection } = /** @type {{connection?: EventTarget}} */ (navigator);
  connection?.addEventListener("change", listener);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") listener();
  });
}
