// A button that is held: with a finger, a mouse, or the space bar or Enter.

const KEYS = new Set([" ", "Enter"]);

/** @param {HTMLButtonElement} button @param {() => void} press @param {() => void} release */
export function onHold(button, press, release) {
  button.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    // No swipe begins here.
    event.stopPropagation();
    button.setPointerCapture(event.pointerId);
    press();
  });
  button.addEventListener("keydown", (event) => {
    if (!KEYS.has(event.key)) return;
    event.preventDefault();
    if (!event.repeat) press();
  });
  button.addEventListener("keyup", ({ key }) => KEYS.has(key) && release());
  for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) {
    button.addEventListener(end, release);
  }
  // A long touch opens a menu otherwise.
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  // Whoever holds it may never let go of it here.
  addEventListener("blur", release);
  addEventListener("pagehide", release);
  document.addEventListener("visibilitychange", release);
}
