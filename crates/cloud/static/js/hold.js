// A button that is held down: with a finger, a mouse, or the space bar or Enter.

const KEYS = new Set([" ", "Enter"]);

/**
 * Both hear when it happened, which on a busy page is earlier than when they hear it.
 * @param {HTMLButtonElement} button @param {(at: number) => void} press @param {(at: number) => void} release @param {AbortSignal} [signal]
 */
export function onHold(button, press, release, signal) {
  const end = (/** @type {Event} */ { timeStamp }) => release(timeStamp);
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    // No swipe begins here.
    event.stopPropagation();
    button.setPointerCapture(event.pointerId);
    press(event.timeStamp);
  });
  button.addEventListener("keydown", (event) => {
    if (!KEYS.has(event.key)) return;
    event.preventDefault();
    if (!event.repeat) press(event.timeStamp);
  });
  button.addEventListener("keyup", (event) => KEYS.has(event.key) && end(event));
  for (const name of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) {
    button.addEventListener(name, end);
  }
  // A long touch opens a menu otherwise.
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  // Whoever holds it may never let go of it here.
  addEventListener("blur", end, { signal });
  addEventListener("pagehide", end, { signal });
  document.addEventListener("visibilitychange", end, { signal });
}
