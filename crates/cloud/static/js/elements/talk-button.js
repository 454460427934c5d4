// <talk-button>: on the selected tile, if its camera takes sound: who holds it is heard there. Words say that one
// is heard, or why not.

import { onHold } from "../hold.js";
import { say } from "../lib/say.js";
import { Talk } from "../lib/talk.js";
import { openMicrophone } from "../microphone.js";

/** @import {TalkState} from "../lib/talk.js" */
/** @import {LiveGrid} from "./live-grid.js" */

const MOST_PATIENCE_MS = 30_000;

export class TalkButton extends HTMLElement {
  /** @type {Talk | undefined} */
  #talk;
  /** @type {"camera" | "recorder" | null | undefined} Where one is heard; unknown until the camera has said it. */
  #place;
  #isAsking = false;
  /** Until it is asked again. */
  #patienceMs = 250;

  connectedCallback() {
    const { serial = "", camera = "" } = this.#tile.dataset;
    this.#talk = new Talk({
      camera,
      openMicrophone,
      peer: () => this.#grid.watching.peer(serial),
      onState: (state, words) => this.#show(state, words),
    });
    onHold(this.#button, () => void this.#talk?.press(), () => this.#talk?.release());
    this.#words.addEventListener("click", () => this.#show("idle", ""));
    this.#grid.addEventListener("selected", () => this.#look());
    new MutationObserver(() => this.#look()).observe(this.#tile, { attributeFilter: ["data-state"] });
  }

  get #grid() {
    return /** @type {LiveGrid} */ (this.closest("live-grid"));
  }

  get #tile() {
    return /** @type {HTMLElement} */ (this.closest("live-tile"));
  }

  get #button() {
    return /** @type {HTMLButtonElement} */ (this.querySelector("button"));
  }

  get #words() {
    return /** @type {HTMLElement} */ (this.querySelector("[role=status]"));
  }

  /** The selection or the state of the picture has changed. */
  #look() {
    const isSelected = this.#grid.selected === this.#tile;
    this.#talk?.check();
    if (!isSelected) {
      this.#talk?.release();
      this.#show("idle", "");
    }
    this.hidden = !isSelected || !this.#place;
    if (isSelected && this.#place === undefined && this.#tile.dataset.state !== "waiting") void this.#ask();
  }

  async #ask() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const { serial = "", camera } = this.#tile.dataset;
    try {
      const can = await this.#grid.watching.peer(serial)?.control?.ask("capabilities", { camera });
      if (can) this.#place = can.talk ?? null;
    } catch {
      // The channel is not open yet, or the recorder is busy.
    }
    this.#isAsking = false;
    if (this.#place !== undefined) return this.#look();
    this.#patienceMs = Math.min(2 * this.#patienceMs, MOST_PATIENCE_MS);
    setTimeout(() => this.#look(), this.#patienceMs);
  }

  /** @param {TalkState} state @param {string} words */
  #show(state, words) {
    this.dataset.talk = state;
    this.#button.setAttribute("aria-pressed", String(state === "opening" || state === "live"));
    const text = state === "live" && this.#place === "recorder" ? say("talk-live-recorder") : words;
    if (this.#words.textContent !== text) this.#words.textContent = text;
  }
}
