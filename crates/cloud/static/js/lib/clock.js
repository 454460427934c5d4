// Time and chance, handed to the rest of lib/ so that its tests need neither.

/**
 * @typedef {object} Clock
 * @property {(run: () => void, ms: number) => unknown} setTimeout
 * @property {(id: any) => void} clearTimeout
 * @property {() => number} now Milliseconds since some start.
 * @property {() => number} random From 0 up to 1.
 */

/** @type {Clock} */
export const browserClock = {
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (id) => clearTimeout(id),
  now: () => performance.now(),
  random: () => Math.random(),
};

/**
 * Milliseconds to wait before try number `attempt` (from 0): doubles from `base` up to `max`, and
 * half of it is chance, so that many viewers do not come back in the same moment.
 * @param {number} attempt
 * @param {number} base
 * @param {number} max
 * @param {Clock} clock
 */
export function backoff(attempt, base, max, clock) {
  const whole = Math.min(max, base * 2 ** Math.min(attempt, 16));
  return whole / 2 + (clock.random() * whole) / 2;
}
