// "Make this camera viewable": the stream to change, the text about the change, and the reason for a
// failure. No DOM.

import { LOST, RpcError } from "./rpc.js";
import { say } from "./say.js";

/** @typedef {{codec?: unknown, width?: unknown, height?: unknown, pictureRate?: unknown, isSmart?: unknown}} Format What a recorder's end says; nothing in it is sure. */
/** @typedef {{stream: string, from: Format, to: Format, isDone: boolean, needsRestart: boolean}} Change */
/** @typedef {"asking" | "consent" | "changing" | "over"} ViewablePhase */
/** @typedef {{phase: ViewablePhase, words: string, changes: string[]}} ViewableStep */
/**
 * @typedef {object} ViewableOptions
 * @property {string} camera
 * @property {string} stream
 * @property {(method: string, params: import("./rpc.js").Params, timeoutMs: number) => Promise<any>} ask
 * @property {(step: ViewableStep) => void} onStep
 */

/** The recorder's end waits half a minute for a camera that restarts its encoder. */
const ANSWER_MS = 35_000;
/** Key of what to do when the recorder's end refuses, by its code. */
const REFUSAL_KEYS = new Map([
  [403, "viewable-forbidden"],
  [404, "reason-no-camera"],
  [408, "viewable-no-answer"],
  [409, "viewable-busy"],
  [429, "viewable-busy"],
  [480, "viewable-no-answer"],
  [501, "viewable-unsupported"],
  [LOST, "viewable-lost"],
]);
const CODEC_NAMES = new Map([["H264", "H.264"], ["H265", "H.265"], ["JPEG", "MJPEG"]]);

/** The stream to change, of the answer to `streams`: the small picture before the full one. @param {any} list @returns {string | undefined} */
export function streamToChange({ mayChange, streams }) {
  if (mayChange !== true || !Array.isArray(streams)) return undefined;
  const named = (/** @type {string} */ name) => streams.find((one) => one?.stream === name);
  return ["sub", "main"].find((name) => named(name) && (named(name).codec !== "H264" || named(name).isSmart));
}

export class ViewableChange {
  #options;
  /** @type {string[]} */
  #changes = [];
  /** @type {ViewablePhase} */
  phase = "asking";

  /** @param {ViewableOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** Asks what would change. */
  async plan() {
    this.#step("asking", say("viewable-asking"));
    await this.#ask(false, ({ stream }) => {
      if (this.#changes.length === 0) return this.#step("over", say("viewable-nothing"));
      const effect = stream === "main" ? "viewable-effect-main" : "viewable-effect-sub";
      this.#step("consent", say(effect));
    });
  }

  /** The person has seen it. */
  async agree() {
    if (this.phase !== "consent") return;
    this.#step("changing", say("viewable-changing"));
    await this.#ask(true, (change) => this.#step("over", doneInWords(change)));
  }

  /** @param {boolean} isAgreed @param {(change: Change) => void} onAnswer */
  async #ask(isAgreed, onAnswer) {
    const { camera, stream, ask } = this.#options;
    try {
      const change = await ask("makeViewable", { camera, stream, isAgreed }, ANSWER_MS);
      this.#changes = changesInWords(change);
      onAnswer(change);
    } catch (error) {
      this.#step("over", refusalInWords(error));
    }
  }

  /** @param {ViewablePhase} phase @param {string} words */
  #step(phase, words) {
    this.phase = phase;
    this.#options.onStep({ phase, words, changes: this.#changes });
  }
}

/** @param {Change} change */
function doneInWords({ needsRestart, isDone }) {
  if (needsRestart) return say("viewable-restart");
  return say(isDone ? "viewable-done" : "viewable-refused");
}

/** @param {Change} change @returns {string[]} */
export function changesInWords({ from, to }) {
  /** @type {[string, (format: Format) => string][]} */
  const rows = [
    ["viewable-codec", ({ codec }) => codecName(codec)],
    ["viewable-size", ({ width, height }) => (width && height ? `${number(width)}\u00a0×\u00a0${number(height)}` : "?")],
    ["viewable-rate", ({ pictureRate }) => (pictureRate ? String(number(pictureRate)) : "?")],
  ];
  const changed = rows.filter(([, read]) => read(from) !== read(to));
  const words = changed.map(([key, read]) => say(key, { from: read(from), to: read(to) }));
  return from.isSmart && !to.isSmart ? [...words, say("viewable-smart")] : words;
}

/** Why nothing has changed, and what to do. @param {unknown} error @returns {string} */
export function refusalInWords(error) {
  return say((error instanceof RpcError && REFUSAL_KEYS.get(error.code)) || "viewable-refused");
}

/** A short token, whoever is at the other end. @param {unknown} codec */
function codecName(codec) {
  const name = String(codec ?? "?");
  return CODEC_NAMES.get(name) ?? name.replaceAll(/[^A-Za-z0-9.+-]/g, "").slice(0, 20);
}

/** @param {unknown} value */
function number(value) {
  return Math.round(Number(value)) || 0;
}
