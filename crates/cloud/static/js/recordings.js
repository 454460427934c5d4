// Record: which cameras of Live view are recorded, what the button says, and what is told about each.

import { fileOf } from "./kept_here.js";
import { endWords, lengthWords, sizeWords } from "./lib/kept_words.js";
import { region } from "./lib/region.js";
import { MAX_SECONDS, MIN_SECONDS, USUAL_RATES, bytesFor, roomWords, secondsThatFit } from "./lib/room.js";
import { say } from "./lib/say.js";
import { Recording, canRecord, makeWorker, roomOf } from "./recording.js";
import { tellBelow } from "./told_below.js";

/** @import {LiveGrid} from "./elements/live-grid.js" */
/** @import {LiveTile} from "./elements/live-tile.js" */
/** @import {KeptItem} from "./lib/kept.js" */
/** @import {StreamKind} from "./lib/control.js" */
/** @import {RecordingEnd} from "./recording.js" */

/** @type {Record<import("./recording_worker.js").SoundState, string>} */
const BEGAN = { recorded: "recording-began", none: "recording-began-silent", unsupported: "recording-began-unsupported" };
/** The second tap of a double tap ends nothing. */
const DOUBLE_TAP_MS = 1_000;

export class Recordings {
  /** @type {Map<LiveTile, Recording | "preparing">} */
  #running = new Map();
  #grid;
  #button;

  /** @param {LiveGrid} grid @param {HTMLButtonElement} button */
  constructor(grid, button) {
    this.#grid = grid;
    this.#button = button;
    grid.addEventListener("selected", () => this.#look());
  }

  /** @param {LiveTile | undefined} tile @param {number} at When the button was pressed. */
  async toggle(tile, at) {
    if (!tile) return;
    const running = this.#running.get(tile);
    if (running === "preparing") return;
    if (running) {
      if (at - running.pressedAt > DOUBLE_TAP_MS) running.end("stopped");
      return;
    }
    this.#running.set(tile, "preparing");
    const words = await this.#begin(tile, at).catch(() => say("recording-unsupported"));
    if (words === undefined) return;
    this.#running.delete(tile);
    this.#look();
    tellBelow(words);
  }

  /** Why it did not begin. @param {LiveTile} tile @param {number} at @returns {Promise<string | undefined>} */
  async #begin(tile, at) {
    if (!tile.isPlaying) return say("recording-none");
    if (!navigator.storage?.getDirectory || !canRecord) return say("recording-unsupported");
    const stream = this.#stream();
    const rate = USUAL_RATES[stream === "main" || stream === "clear" ? "main" : "sub"];
    const worker = makeWorker();
    const bytes = await roomOf(worker, bytesFor(MAX_SECONDS, rate));
    const seconds = secondsThatFit(bytes, rate);
    if (seconds < MIN_SECONDS) {
      worker.terminate();
      return bytes < 0 ? say("recording-unsupported") : say("recording-no-room");
    }
    void navigator.storage.persist?.();
    const camera = tile.dataset.name ?? "";
    /** @type {Recording} */
    const recording = new Recording(tile, at, stream, worker, {
      onBegin: (sound) => tellBelow(say(BEGAN[sound], { camera, room: roomWords(seconds, region) })),
      onProgress: () => this.#draw(tile, recording),
      onEnd: (end, item) => void this.#ended(tile, end, item),
    });
    this.#running.set(tile, recording);
    this.#draw(tile, recording);
    this.#look();
    return undefined;
  }

  /** As large as the camera is shown, unless somebody chose. @returns {StreamKind} */
  #stream() {
    const { quality } = this.#grid;
    if (quality !== "auto") return quality;
    return this.#grid.dataset.layout === "1" ? "main" : "sub";
  }

  /** @param {LiveTile} tile @param {RecordingEnd} end @param {KeptItem | undefined} item */
  async #ended(tile, end, item) {
    this.#running.delete(tile);
    tile.querySelector(".tile__recording")?.remove();
    this.#look();
    const camera = tile.dataset.name ?? "";
    if (end === "single-pictures") return tellBelow(say("recording-single-pictures"));
    if (!item) return tellBelow(nothingWords(end, camera));
    const told = say(item.hasSound ? "recording-kept-sound" : "recording-kept", { camera, length: lengthWords(item.ms), size: sizeWords(item.bytes) });
    const words = [endWords(end), told].filter(Boolean).join(" ");
    const file = await fileOf(item).catch(() => undefined);
    tellBelow(words, file, true);
  }

  /** The button is about the selected camera; one that left the screen is recorded no more. */
  #look() {
    for (const [tile, recording] of this.#running) {
      if ((tile.hidden || !tile.isConnected) && recording !== "preparing") recording.end("left");
    }
    const selected = this.#grid.selected;
    const isRunning = selected !== undefined && this.#running.has(selected);
    this.#button.setAttribute("aria-pressed", String(isRunning));
  }

  /** @param {LiveTile} tile @param {Recording} recording */
  #draw(tile, recording) {
    let label = tile.querySelector(".tile__recording");
    if (!label) {
      label = Object.assign(document.createElement("span"), { className: "tile__recording" });
      tile.append(label);
    }
    const { ms = 0, bytes = 0 } = recording.item ?? {};
    label.textContent = [lengthWords(ms), bytes ? sizeWords(bytes) : ""].filter(Boolean).join(" · ");
  }
}

/** Why nothing is kept. @param {RecordingEnd} end @param {string} camera */
function nothingWords(end, camera) {
  if (end === "full") return say("recording-no-room");
  return end === "failed" ? say("recording-not-begun") : say("recording-nothing", { camera });
}
