// Stores a claim link while somebody logs in or registers: in this tab, for an hour, until it is used.

import { readClaimLink } from "./claim_link.js";

/** A registration with its mail takes less. */
const KEPT_MS = 3_600_000;

/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Store */

export class KeptClaim {
  #key;
  #store;
  #now;

  /**
   * @param {object} parts
   * @param {string} parts.key
   * @param {() => Store} parts.store Fails in browsers that keep nothing.
   * @param {() => number} parts.now Milliseconds.
   */
  constructor({ key, store, now }) {
    this.#key = key;
    this.#store = store;
    this.#now = now;
  }

  /** @param {string} text A claim link; anything else is not kept. */
  keep(text) {
    const claim = readClaimLink(text);
    if (!claim) return;
    try {
      this.#store().setItem(this.#key, JSON.stringify({ text: `${claim.serial}:${claim.code}`, until: this.#now() + KEPT_MS }));
    } catch {
      // The person scans the code once more.
    }
  }

  /** What was kept, once. @returns {string | undefined} */
  take() {
    try {
      const kept = this.#store().getItem(this.#key);
      if (kept === null) return undefined;
      this.#store().removeItem(this.#key);
      const { text, until } = JSON.parse(kept);
      const isGood = Number(until) > this.#now() && typeof text === "string" && readClaimLink(text);
      return isGood ? text : undefined;
    } catch {
      return undefined;
    }
  }
}
