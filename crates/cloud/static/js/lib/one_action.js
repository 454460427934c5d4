// One press, one action: the second tap of a double tap does nothing, nor does a press while the first one is still
// being carried out. A rule without clock.

/** So close together two presses are one, meant or not. */
export const DOUBLE_TAP_MS = 600;

export class OneAction {
  #isRunning = false;
  #pressedAt = -Infinity;

  /** @param {() => unknown} act @param {number} at Milliseconds on any clock. @returns {Promise<void>} */
  async run(act, at) {
    const isSecond = at - this.#pressedAt < DOUBLE_TAP_MS;
    if (this.#isRunning || isSecond) return;
    this.#pressedAt = at;
    this.#isRunning = true;
    try {
      await act();
    } finally {
      this.#isRunning = false;
    }
  }
}

/** @param {EventTarget | null} target @param {string} type @param {() => unknown} act */
export function onOnce(target, type, act) {
  const one = new OneAction();
  target?.addEventListener(type, (event) => {
    event.preventDefault();
    void one.run(act, event.timeStamp);
  });
}
