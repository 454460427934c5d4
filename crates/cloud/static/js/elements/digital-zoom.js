// Digital zoom of the one picture on the screen: wheel, pinch and drag, or + − 0 and Shift with arrows.

import { say } from "../lib/say.js";
import { WHOLE, panned, zoomedAt } from "../lib/zoom.js";

/** @import {Zoom} from "../lib/zoom.js" */
/** @import {LiveGrid} from "./live-grid.js" */

const [STEP, PAN] = [1.25, 0.1];

/** @param {LiveGrid} grid */
export function letPicturesBeZoomed(grid) {
  const box = /** @type {HTMLElement} */ (grid.querySelector(".grid"));
  const reset = Object.assign(document.createElement("button"), { type: "button", className: "zoom" });
  /** @type {Zoom} */
  let zoom = WHOLE;
  /** @type {HTMLElement | undefined} */
  let zoomed;
  /** @type {Map<number, {x: number, y: number}>} */
  const fingers = new Map();

  /** The tile, if it is the only one. */
  const only = () => (grid.dataset.layout === "1" ? grid.selected : undefined);
  /** @param {Zoom} next */
  const draw = (next) => {
    const tile = next.scale > 1 ? only() : undefined;
    if (zoomed && zoomed !== tile) {
      zoomed.removeAttribute("data-zoom");
      reset.remove();
    }
    zoom = tile ? next : WHOLE;
    zoomed = tile;
    if (!tile) return;
    tile.dataset.zoom = zoom.scale.toFixed(1);
    tile.style.setProperty("--zoom", `translate(${zoom.x * 100}%, ${zoom.y * 100}%) scale(${zoom.scale})`);
    reset.textContent = say("zoom", { times: zoom.scale.toFixed(1) });
    reset.setAttribute("aria-label", say("zoom-reset", { times: zoom.scale.toFixed(1) }));
    if (!reset.isConnected) tile.append(reset);
  };
  /** A place from the middle of the picture, in parts of it. @param {{x: number, y: number}} at */
  const place = ({ x, y }) => {
    const frame = box.getBoundingClientRect();
    return { x: (x - frame.left) / frame.width - 0.5, y: (y - frame.top) / frame.height - 0.5 };
  };

  reset.addEventListener("click", () => {
    const tile = zoomed;
    draw(WHOLE);
    /** @type {HTMLElement | null | undefined} */ (tile?.querySelector(".tile__open"))?.focus();
  });
  grid.addEventListener("selected", () => zoomed !== only() && draw(WHOLE));
  box.addEventListener("wheel", (event) => {
    if (!only() || event.defaultPrevented) return;
    event.preventDefault();
    const { x, y } = place(event);
    draw(zoomedAt(zoom, STEP ** (event.deltaY < 0 ? 1 : -1), x, y));
  }, { passive: false });
  box.addEventListener("pointerdown", ({ pointerId, x, y }) => only() && fingers.set(pointerId, { x, y }));
  box.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before || event.defaultPrevented) return;
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    const [from, to] = [place(before), place(event)];
    fingers.set(event.pointerId, { x: event.x, y: event.y });
    if (other) {
      const grown = Math.hypot(event.x - other.x, event.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
      const fixed = place(other);
      draw(zoomedAt(zoom, grown, fixed.x, fixed.y));
    } else if (zoomed) draw(panned(zoom, to.x - from.x, to.y - from.y));
  });
  for (const type of ["pointerup", "pointercancel"]) {
    addEventListener(type, (event) => fingers.delete(/** @type {PointerEvent} */ (event).pointerId));
  }
  // What pans a zoomed picture is no swipe to the next one.
  box.addEventListener("pointerup", (event) => zoomed && event.stopPropagation());
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (!only() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target instanceof HTMLInputElement || document.querySelector("dialog[open]")) return;
    const dx = { ArrowLeft: PAN, ArrowRight: -PAN }[key] ?? 0;
    const dy = { ArrowUp: PAN, ArrowDown: -PAN }[key] ?? 0;
    if (key === "+" || key === "=") draw(zoomedAt(zoom, STEP, 0, 0));
    else if (key === "-") draw(zoomedAt(zoom, 1 / STEP, 0, 0));
    else if (key === "0") draw(WHOLE);
    else if (event.shiftKey && zoomed && (dx || dy)) draw(panned(zoom, dx, dy));
    else return;
    event.preventDefault();
  });
}
