// The tool Image: brightness and the camera's other settings, with the values that the camera answers.

import { ImageChanges } from "../lib/image_changes.js";
import { say } from "../lib/say.js";

/** @import {Settings} from "../lib/image_changes.js" */
/** @import {PanelPlace, Tool} from "./tool-panel.js" */

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
export function open({ body, ask, tell }) {
  const fields = new ImageFields(body);
  const changes = new ImageChanges({ ask, tell, onSettings: (settings) => fields.draw(settings) });
  fields.onChange = (field) => void changes.change(field.name, valueOf(field));
  void changes.read();
  return { close: () => {}, changed: () => void changes.check() };
}

class ImageFields {
  onChange = (/** @type {HTMLInputElement | HTMLSelectElement} */ _field) => {};
  #fields;

  /** @param {HTMLElement} body */
  constructor(body) {
    this.#fields = [...body.querySelectorAll("input, select")].filter(
      (field) => field instanceof HTMLInputElement || field instanceof HTMLSelectElement,
    );
    for (const field of this.#fields) {
      field.addEventListener("input", () => this.#number(field));
      field.addEventListener("change", () => this.onChange(field));
    }
  }

  /** @param {Settings} settings */
  draw(settings) {
    for (const field of this.#fields) {
      const value = settings[field.name];
      const row = /** @type {HTMLElement} */ (field.closest("label"));
      row.hidden = value === undefined || value === null;
      if (row.hidden) continue;
      if (field instanceof HTMLSelectElement) this.#drawChoices(field, String(value), settings[`${field.name}Modes`]);
      else if (field.type === "checkbox") field.checked = value === true;
      else field.value = String(Math.round(Number(value)) || 0);
      this.#number(field);
    }
  }

  /** @param {HTMLSelectElement} field @param {string} mode @param {unknown} listed */
  #drawChoices(field, mode, listed) {
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
