// Detects a horizontal swipe, as opposed to a tap or scrolling.

const MIN_PX = 48;

/** @param {HTMLElement} area @param {(by: 1 | -1) => void} act 1 for the next page, −1 for the one before. */
export function onSwipe(area, act) {
  /** @type {{x: number, y: number} | undefined} */
  let start;
  area.addEventListener("pointerdown", ({ isPrimary, pointerType, clientX, clientY }) => {
    start = isPrimary && pointerType !== "mouse" ? { x: clientX, y: clientY } : undefined;
  });
  area.addEventListener("pointercancel", () => (start = undefined));
  area.addEventListener("pointerup", ({ clientX, clientY }) => {
    if (!start) return;
    const dx = clientX - start.x;
    const dy = clientY - start.y;
    start = undefined;
    if (Math.abs(dx) >= MIN_PX && Math.abs(dx) > 2 * Math.abs(dy)) act(dx < 0 ? 1 : -1);
  });
}
