// The text about the chosen quality: which stream is sent, and why not a larger or smaller one. No DOM.

import { say } from "./say.js";

/** @import {Slot} from "./control.js" */
/** @import {Quality} from "./quality.js" */

/** Key of each choice's name. @type {Record<Quality, string>} */
const NAME_KEYS = { auto: "quality-auto", clear: "quality-clear", balanced: "quality-balanced", fluent: "quality-fluent" };
/** Key of each note that an agent may give. */
const NOTE_KEYS = new Map([
  ["only-one", "quality-only-one"],
  ["nothing-between", "quality-nothing-between"],
  ["full-is-small", "quality-full-is-small"],
  ["cannot-show", "quality-cannot-show"],
  ["no-session", "quality-no-session"],
]);

/** "640 × 360"; empty while nobody knows. @param {unknown} width @param {unknown} height */
export function pixelWords(width, height) {
  const [wide, high] = [Math.trunc(Number(width)) || 0, Math.trunc(Number(height)) || 0];
  return wide > 0 && high > 0 ? `${wide}\u00a0×\u00a0${high}` : "";
}

/** Why a camera is not shown as its viewer may expect; empty if it is. @param {Quality} quality @param {Slot} slot */
export function noteWords(quality, slot) {
  const key = NOTE_KEYS.get(String(slot.note));
  if (key) return say(key);
  if (quality !== "auto") return "";
  if (slot.stream === "sub") return say("quality-in-tile");
  return slot.sent && slot.sent !== "main" ? say("quality-by-path") : "";
}

/** What somebody gets who has just chosen. @param {Quality} quality @param {Slot} slot */
export function chosenWords(quality, slot) {
  const size = pixelWords(slot.width, slot.height);
  const name = say(NAME_KEYS[quality]);
  return [size ? say("quality-chosen", { name, size }) : name, noteWords(quality, slot)].filter(Boolean).join(" ");
}

/** Whether a slot shows what was chosen for it: words before that would be about the picture before. @param {Slot | undefined} slot @param {string} wish @returns {slot is Slot} */
export function isSettled(slot, wish) {
  return slot?.stream === wish && slot.state === "playing" && slot.width !== undefined;
}
