// Dragging with a finger or a mouse, until it is released or the page loses it.

/**
 * @typedef {object} Drag
 * @property {(event: PointerEvent) => [number, number] | undefined} from Where it counts from; nothing if it counts not.
 * @property {(dx: number, dy: number) => void} move
 * @property {() => void} end
 * @property {AbortSignal} [signal]
 */

/** @param {HTMLElement} area @param {Drag} drag */
export function onDrag(area, { from, move, end, signal }) {
  /** @type {{id: number, x: number, y: number} | undefined} */
  let held;
  const over = () => {
    if (!held) return;
    held = undefined;
    end();
  };
  area.addEventListener(
    "pointerdown",
    (event) => {
      const start = event.isPrimary && event.button === 0 ? from(event) : undefined;
      if (!start) return;
      // No swipe begins here.
      event.stopPropagation();
      held = { id: event.pointerId, x: start[0], y: start[1] };
      move(event.clientX - held.x, event.clientY - held.y);
    },
    { signal },
  );
  area.addEventListener(
    "pointermove",
    ({ pointerId, clientX, clientY }) => {
      if (held?.id !== pointerId) return;
      // Not before it moves: a tap is left to whatever is tapped.
      if (!area.hasPointerCapture(pointerId)) area.setPointerCapture(pointerId);
      move(clientX - held.x, clientY - held.y);
    },
    { signal },
  );
  for (const name of ["pointerup", "pointercancel"]) area.addEventListener(name, over, { signal });
  // A finger is captured by what it touches until the area takes it over, which is no end.
  area.addEventListener("lostpointercapture", ({ target }) => target === area && over(), { signal });
  addEventListener("blur", over, { signal });
  document.addEventListener("visibilitychange", over, { signal });
  signal?.addEventListener("abort", over);
}
