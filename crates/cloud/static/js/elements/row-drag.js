// Moves a row of a list by its handle, and scrolls the page near its edges. Where it is let go is its place.

import { onDrag } from "../drag.js";

/** So near an edge of the window the page scrolls, by so much in one picture. */
const [EDGE, STEP] = [72, 10];

/** @param {HTMLElement} list @param {(row: HTMLElement) => void} moved */
export function letRowsBeDragged(list, moved) {
  /** @type {{row: HTMLElement, grip: number, y: number, from: number} | undefined} */
  let held;
  const follow = () => {
    if (!held) return;
    const { row, y, grip } = held;
    if (y < EDGE || y > innerHeight - EDGE) scrollBy(0, y < EDGE ? -STEP : STEP);
    row.style.translate = "";
    makeRoom(row, y - grip + row.offsetHeight / 2);
    row.style.translate = `0 ${y - grip - row.getBoundingClientRect().top}px`;
    requestAnimationFrame(follow);
  };
  onDrag(list, {
    from: ({ target, clientY: y }) => {
      const row = target instanceof Element && target.closest("[data-drag-handle]")?.closest("li");
      if (!row) return;
      held = { row, grip: y - row.getBoundingClientRect().top, y, from: placeOf(row) };
      row.setAttribute("data-drag", "");
      follow();
      return [0, 0];
    },
    move: (_, y) => {
      if (held) held.y = y;
    },
    end: () => {
      follow();
      if (!held) return;
      const { row, from } = held;
      held = undefined;
      row.style.translate = "";
      row.removeAttribute("data-drag");
      if (placeOf(row) !== from) moved(row);
    },
  });
}

/** Counted from 1. @param {Element} row */
export function placeOf(row) {
  return [...(row.parentElement?.children ?? [])].indexOf(row) + 1;
}

/** Before the first row whose middle is below this height. @param {HTMLElement} row @param {number} y */
function makeRoom(row, y) {
  // What the search hides is passed over.
  const others = [...(row.parentElement?.children ?? [])].filter((it) => it !== row && !it.hasAttribute("hidden"));
  const next = others.find((it) => it.getBoundingClientRect().top + it.clientHeight / 2 > y);
  const last = others.at(-1);
  if (next && next !== row.nextElementSibling) next.before(row);
  else if (!next && last !== row.previousElementSibling) last?.after(row);
}
