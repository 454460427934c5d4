// The settings of a camera's image, as it has them and as somebody wants them: one order at a time is under way, what is
// changed meanwhile follows. What the camera says is what is shown, also after an order that nobody answered. No DOM.

import { isLost, refusalWords } from "./refusals.js";
import { say } from "./say.js";

/** @typedef {Record<string, unknown>} Settings What a recorder's end says; nothing in it is sure. */
/**
 * @typedef {object} ImageEvents
 * @property {(method: string, params?: Settings) => Promise<any>} ask
 * @property {(settings: Settings) => void} onSettings They are to be shown.
 * @property {(words: string, isTrouble?: boolean) => void} tell
 */

export class ImageChanges {
  #events;
  /** @type {Settings} As the camera has them. */
  #settings = {};
  /** @type {Settings} What the person has chosen since the last order. */
  #wanted = {};
  #isSending = false;
  /** Whether nobody knows what the camera has: a question had no answer. */
  #isUnsure = false;

  /** @param {ImageEvents} events */
  constructor(events) {
    this.#events = events;
  }

  async read() {
    const { ask, onSettings, tell } = this.#events;
    const wasUnsure = this.#isUnsure;
    this.#isUnsure = false;
    try {
      const settings = await ask("image");
      if (this.#isSending) return;
      this.#settings = settings;
      if (wasUnsure) tell("");
      onSettings(settings);
    } catch (error) {
      this.#isUnsure = true;
      tell(refusalWords(error, "image-forbidden"), true);
    }
  }

  /** The connection may be back. */
  async check() {
    if (this.#isUnsure && !this.#isSending) await this.read();
  }

  /** @param {string} name @param {unknown} value */
  async change(name, value) {
    this.#wanted[name] = value;
    if (this.#isSending) return;
    this.#isSending = true;
    while (Object.keys(this.#wanted).length > 0) await this.#send();
    this.#isSending = false;
  }

  async #send() {
    const { ask, onSettings, tell } = this.#events;
    const wanted = this.#wanted;
    this.#wanted = {};
    tell(say("image-changing"));
    try {
      this.#settings = await ask("setImage", wanted);
      this.#isUnsure = false;
      if (Object.keys(this.#wanted).length > 0) return;
      tell(say("image-changed"));
      onSettings(this.#settings);
    } catch (error) {
      this.#wanted = {};
      this.#isUnsure = true;
      onSettings(this.#settings);
      tell(refusalWords(error, "image-forbidden"), true);
      await this.#readAfterFailure(isLost(error));
    }
  }

  /** A part of the order may have been done. What was refused stays told. @param {boolean} wasLost */
  async #readAfterFailure(wasLost) {
    const settings = await this.#events.ask("image").catch(() => undefined);
    if (!settings) return;
    this.#isUnsure = false;
    this.#settings = settings;
    if (wasLost) this.#events.tell("");
    if (Object.keys(this.#wanted).length === 0) this.#events.onSettings(settings);
  }
}
