// Hands a claim link over from the tab where it was opened to the one where the person continues, such as the tab of a
// mailed link. It stays in this browser, and goes to one tab only.

/** Long enough for a busy tab in the background; nobody waits for it, because the form can be filled in meanwhile. */
const WAIT_MS = 1_000;

/** @typedef {{postMessage(message: unknown): void, onmessage: ((event: MessageEvent) => void) | null}} Channel */

export class ClaimExchange {
  #channel;
  #kept;
  #wait;
  /** @type {((text: string | undefined) => void) | undefined} */
  #got;

  /**
   * @param {object} parts
   * @param {Channel | undefined} parts.channel Missing in browsers that have none.
   * @param {{take(): string | undefined}} parts.kept What this tab keeps.
   * @param {(ms: number) => Promise<unknown>} parts.wait
   */
  constructor({ channel, kept, wait }) {
    this.#channel = channel;
    this.#kept = kept;
    this.#wait = wait;
    if (channel) channel.onmessage = ({ data }) => this.#hear(data);
  }

  /** What another tab keeps, or nothing after a moment. @returns {Promise<string | undefined>} */
  async ask() {
    if (!this.#channel) return undefined;
    /** @type {Promise<string | undefined>} */
    const answer = new Promise((resolve) => (this.#got = resolve));
    this.#channel.postMessage({ wanted: true });
    const text = await Promise.race([answer, this.#wait(WAIT_MS)]);
    this.#got = undefined;
    return typeof text === "string" ? text : undefined;
  }

  /** @param {{wanted?: unknown, text?: unknown} | null} message */
  #hear(message) {
    if (typeof message?.text === "string") return this.#got?.(message.text);
    // Two tabs that both look for it have nothing for each other.
    if (message?.wanted !== true || this.#got) return;
    const text = this.#kept.take();
    if (text) this.#channel?.postMessage({ text });
  }
}
