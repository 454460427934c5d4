// Forms that have been submitted. A second click would cancel the answer to the first, which may be
// shown only once.

/** Milliseconds after which a form may be sent again: its answer did not come, or it was stopped. */
export const AGAIN_MS = 10_000;

export class SentForms {
  /** @type {Map<unknown, number>} */
  #sentAt = new Map();

  /**
   * Whether a form may go now; from then on it is on its way.
   * @param {unknown} form
   * @param {number} nowMs
   */
  maySend(form, nowMs) {
    const sentAt = this.#sentAt.get(form);
    if (sentAt !== undefined && nowMs - sentAt < AGAIN_MS) return false;
    this.#sentAt.set(form, nowMs);
    return true;
  }

  /** The page is shown anew: nothing of it is on its way. */
  forget() {
    this.#sentAt.clear();
  }
}
