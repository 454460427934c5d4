// The tool Image: brightness and the camera's other settings. Only one change is in flight; later ones follow. The
// page shows the values that the camera answers.

import { refusalWords } from "../lib/refusals.js";
import { say } from "../lib/say.js";

/** @import {PanelPlace, Tool} from "./tool-panel.js" */
/** @typedef {Record<string, unknown>} Settings What a recorder's end says; nothing in it is sure. */

/** Choices of each list, with their keys. @type {Record<string, [string, string][]>} */
const CHOICES = {
  dayNight: [
    ["auto", "day-night-auto"],
    ["day", "day-night-day"],
    ["night", "day-night-night"],
    ["other", "day-night-other"],
  ],
  flip: [
    ["none", "image-flip-none"],
    ["leftRight", "image-flip-left-right"],
    ["upDown", "image-flip-up-down"],
    ["both", "image-flip-both"],
  ],
};

/** @param {PanelPlace} place @returns {Tool} */
export function open(place) {
  const image = new ImageSettings(place);
  void image.read();
  return { close: () => {} };
}

class ImageSettings {
  #place;
  /** @type {Settings} As the camera has them. */
  #settings = {};
  /** @type {Settings} What the person has chosen since the last order. */
  #wanted = {};
  #isSending = false;

  /** @param {PanelPlace} place */
  constructor(place) {
    this.#place = place;
    for (const field of this.#fields) {
      field.addEventListener("input", () => this.#number(field));
      field.addEventListener("change", () => void this.#change(field));
    }
  }

  get #fields() {
    return [...this.#place.body.querySelectorAll("input, select")].filter(
      (field) => field instanceof HTMLInputElement || field instanceof HTMLSelectElement,
    );
  }

  async read() {
    try {
      this.#settings = await this.#place.ask("image");
      this.#draw();
    } catch (error) {
      this.#place.tell(refusalWords(error, "image-forbidden"), true);
    }
  }

  /** @param {HTMLInputElement | HTMLSelectElement} field */
  async #change(field) {
    this.#wanted[field.name] = valueOf(field);
    if (this.#isSending) return;
    this.#isSending = true;
    this.#place.tell(say("image-changing"));
    try {
      while (Object.keys(this.#wanted).length > 0) {
        const change = this.#wanted;
        this.#wanted = {};
        this.#settings = await this.#place.ask("setImage", change);
      }
      this.#place.tell(say("image-changed"));
    } catch (error) {
      this.#wanted = {};
      this.#place.tell(refusalWords(error, "image-forbidden"), true);
    }
    this.#isSending = false;
    this.#draw();
  }

  #draw() {
    for (const field of this.#fields) {
      const value = this.#settings[field.name];
      const row = /** @type {HTMLElement} */ (field.closest("label"));
      row.hidden = value === undefined || value === null;
      if (row.hidden) continue;
      if (field instanceof HTMLSelectElement) this.#drawChoices(field, String(value));
      else if (field.type === "checkbox") field.checked = value === true;
      else field.value = String(Math.round(Number(value)) || 0);
      this.#number(field);
    }
  }

  /** @param {HTMLSelectElement} field @param {string} mode */
  #drawChoices(field, mode) {
    const listed = this.#settings[`${field.name}Modes`];
    const offered = Array.isArray(listed) ? listed : [];
    const choices = (CHOICES[field.name] ?? []).filter(([one]) => one === mode || offered.includes(one));
    const options = choices.map(([one, key]) => Object.assign(new Option(say(key), one), { disabled: one === "other" }));
    field.replaceChildren(...options);
    field.value = mode;
  }

  /** @param {HTMLInputElement | HTMLSelectElement} field */
  #number(field) {
    const shown = field.closest("label")?.querySelector(".panel__value");
    if (shown) shown.textContent = field.value;
  }
}

/** @param {HTMLInputElement | HTMLSelectElement} field */
function valueOf(field) {
  if (field instanceof HTMLSelectElement) return field.value;
  return field.type === "checkbox" ? field.checked : Number(field.value);
}
