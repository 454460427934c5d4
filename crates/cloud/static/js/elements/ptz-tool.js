// The tool PTZ: a pad, arrow keys and dragging on the enlarged picture turn the camera; zoom, focus and iris; saved
// positions and patrols.

import { onHold } from "../hold.js";
import { browserClock } from "../lib/clock.js";
import { OtherUser } from "../lib/other_user.js";
import { Steering, movementOf } from "../lib/steering.js";
import { onDrag } from "../drag.js";
import { personName } from "../person.js";
import { Presets } from "./ptz-presets.js";

/** @import {Movement} from "../lib/steering.js" */
/** @import {PanelPlace, Tool} from "./tool-panel.js" */

/** Speed of keys and buttons. */
const SPEED = 60;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
/** Keys of the lens. @type {Record<string, Movement>} */
const LENS_KEYS = { "+": zoom(1), "=": zoom(1), "-": zoom(-1) };

/** @param {PanelPlace} place @returns {Tool} */
export function open(place) {
  const { body, panel, tile, can, tell } = place;
  const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (body.querySelector(selector));
  const steering = new Steering({
    ask: (order) => place.ask("ptz", order),
    clock: browserClock,
    me: personName(),
    onState: (state, words) => {
      panel.toggleAttribute("data-moving", state === "moving");
      tell(words, state === "trouble");
    },
  });
  for (const [name, has] of Object.entries({ turn: can.panTilt, zoom: can.zoom, focus: can.focus, iris: can.iris })) {
    body.querySelectorAll(`[data-needs="${name}"]`).forEach((one) => one.toggleAttribute("hidden", !has));
  }
  const away = new AbortController();
  for (const button of body.querySelectorAll("button")) {
    const movement = movementOfButton(button);
    if (movement) holds(button, movement, steering, away.signal);
  }
  if (can.panTilt) {
    startPad(part(".pad"), steering);
    dragsPicture(tile, steering, away.signal);
  }
  startKeys(panel, steering, Boolean(can.panTilt), Boolean(can.zoom), away.signal);
  new Presets(place, steering);
  const others = new OtherUser({
    ask: () => place.ask("inUse"),
    pick: ({ steeredBy }) => steeredBy,
    isShown: () => !document.hidden,
    clock: browserClock,
    onChange: (name) => steering.learn(name),
  });
  return {
    close: () => {
      others.end();
      away.abort();
      steering.end();
      panel.removeAttribute("data-moving");
    },
  };
}

/** @param {HTMLButtonElement} button @returns {Movement | undefined} */
function movementOfButton({ dataset }) {
  const to = Number(dataset.to) * SPEED;
  if (dataset.turn) {
    const [pan, tilt] = dataset.turn.split(" ").map(Number);
    return { do: "move", pan: (pan ?? 0) * SPEED, tilt: (tilt ?? 0) * SPEED };
  }
  if (dataset.lens === "zoom") return { do: "move", zoom: to };
  if (dataset.lens === "focus" || dataset.lens === "iris") return { do: dataset.lens, speed: to };
  return undefined;
}

/** @param {HTMLButtonElement} button @param {Movement} movement @param {Steering} steering @param {AbortSignal} signal */
function holds(button, movement, steering, signal) {
  onHold(button, () => steering.hold(movement), () => steering.release(), signal);
  // A screen reader presses it without holding it.
  button.addEventListener("click", ({ detail }) => {
    if (detail !== 0) return;
    steering.hold(movement);
    steering.release();
  });
}

/** A finger anywhere on the pad: eight directions, the faster the further out. @param {HTMLElement} pad @param {Steering} steering */
function startPad(pad, steering) {
  const knob = /** @type {HTMLElement} */ (pad.querySelector(".pad__knob"));
  const set = (/** @type {number} */ x, /** @type {number} */ y) => (knob.style.translate = `${x}px ${y}px`);
  onDrag(pad, {
    from: () => {
      const { left, top, width, height } = pad.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    },
    move: (dx, dy) => {
      const radius = pad.clientWidth / 2;
      const movement = movementOf(dx, dy, radius);
      const share = Math.min(1, radius / (Math.hypot(dx, dy) || 1)) * 0.6;
      set(dx * share, dy * share);
      if (movement) steering.hold(movement);
      else steering.stop();
    },
    end: () => {
      set(0, 0);
      steering.release();
    },
  });
}

/** One enlarged picture turns as it is dragged. @param {HTMLElement} tile @param {Steering} steering @param {AbortSignal} signal */
function dragsPicture(tile, steering, signal) {
  const isAlone = () => tile.closest("live-grid")?.getAttribute("data-layout") === "1";
  onDrag(tile, {
    from: ({ clientX, clientY }) => (isAlone() ? [clientX, clientY] : undefined),
    move: (dx, dy) => {
      const movement = movementOf(dx, dy, Math.min(tile.clientWidth, tile.clientHeight) / 2);
      if (movement) steering.hold(movement);
      else steering.stop();
    },
    end: () => steering.release(),
    signal,
  });
}

/**
 * Arrow keys, two at a time for between two directions, and + and −.
 * @param {HTMLElement} panel @param {Steering} steering @param {boolean} turns @param {boolean} zooms @param {AbortSignal} signal
 */
function startKeys(panel, steering, turns, zooms, signal) {
  /** @type {Set<string>} */
  const down = new Set();
  const apply = () => {
    const lens = zooms ? [...down].map((key) => LENS_KEYS[key]).find(Boolean) : undefined;
    const arrows = turns ? [...down].flatMap((key) => (ARROWS[key] ? [ARROWS[key]] : [])) : [];
    const [pan, tilt] = arrows.reduce(([x, y], [dx, dy]) => [x + dx, y + dy], [0, 0]);
    if (lens) steering.hold(lens);
    else if (pan || tilt) steering.hold({ do: "move", pan: pan * SPEED, tilt: tilt * SPEED });
    else steering.release();
  };
  const all = () => {
    if (down.size === 0) return;
    down.clear();
    steering.release();
  };
  panel.addEventListener(
    "keydown",
    (event) => {
      const { key, target } = event;
      if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
      if (!ARROWS[key] && !LENS_KEYS[key]) return;
      event.preventDefault();
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      down.add(key);
      apply();
    },
    { signal },
  );
  addEventListener("keyup", ({ key }) => down.delete(key) && apply(), { signal });
  addEventListener("blur", all, { signal });
  document.addEventListener("visibilitychange", all, { signal });
  panel.addEventListener("focusout", ({ relatedTarget }) => !panel.contains(/** @type {Node | null} */ (relatedTarget)) && all(), { signal });
}

/** @param {1 | -1} to @returns {Movement} */
function zoom(to) {
  return { do: "move", zoom: to * SPEED };
}
