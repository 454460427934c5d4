// Saved positions and patrols of a camera, in the tool PTZ.

import { onOnce } from "../lib/one_action.js";
import { say } from "../lib/say.js";

/** @import {Steering} from "../lib/steering.js" */
/** @import {PanelPlace} from "./tool-panel.js" */
/** @typedef {{id: number, name: string}} Preset */

/** Recorders have up to 300, and number them from 1. */
const MAX_PRESET = 512;
const MAX_NAME = 32;

export class Presets {
  #place;
  #steering;
  /** @type {Preset[]} */
  #presets = [];
  /** The one whose removal was asked for once. @type {number | undefined} */
  #doomed;

  /** @param {PanelPlace} place @param {Steering} steering */
  constructor(place, steering) {
    this.#place = place;
    this.#steering = steering;
    const { can } = place;
    this.#part("[data-needs=presets]").hidden = !can.presets;
    this.#part("[data-needs=patrols]").hidden = !can.patrols;
    if (can.presets) this.#startPresets();
    if (can.patrols) this.#startPatrols(can.patrols);
  }

  #startPresets() {
    this.#on("goto", () => this.#go());
    this.#on("remove", () => this.#remove());
    onOnce(this.#part("form"), "submit", () => this.#save());
    this.#select("presets").addEventListener("change", () => (this.#doomed = undefined));
    void this.#list();
  }

  /** @param {number} n */
  #startPatrols(n) {
    const options = Array.from({ length: Math.min(n, MAX_PRESET) }, (_, i) => new Option(String(i + 1), String(i + 1)));
    this.#select("patrols").replaceChildren(...options);
    for (const isOn of [true, false]) {
      this.#on(isOn ? "patrol-on" : "patrol-off", async () => {
        const patrol = Number(this.#select("patrols").value);
        if (await this.#order({ do: "patrol", patrol, isOn })) this.#tell(isOn ? "ptz-patrol-runs" : "ptz-patrol-over", String(patrol));
      });
    }
  }

  async #list() {
    const answer = await this.#order({ do: "presets" });
    if (!answer) return;
    const chosen = this.#select("presets").value;
    this.#presets = read(answer.presets);
    const options = this.#presets.map(({ id, name }) => new Option(name ? `${id} · ${name}` : String(id), String(id)));
    this.#select("presets").replaceChildren(...options);
    if (this.#presets.some(({ id }) => String(id) === chosen)) this.#select("presets").value = chosen;
    this.#part("[data-some]").hidden = options.length === 0;
    this.#part("[data-no]").hidden = options.length > 0;
  }

  get #chosen() {
    const { value } = this.#select("presets");
    return this.#presets.find(({ id }) => String(id) === value);
  }

  async #go() {
    const preset = this.#chosen;
    if (preset && (await this.#order({ do: "goto", preset: preset.id }))) this.#tell("ptz-goes", nameOf(preset));
  }

  /** Everybody loses it, so it takes a second press. */
  async #remove() {
    const preset = this.#chosen;
    if (!preset) return;
    if (this.#doomed !== preset.id) {
      this.#doomed = preset.id;
      return this.#tell("ptz-remove-really", nameOf(preset));
    }
    this.#doomed = undefined;
    if (!(await this.#order({ do: "remove", preset: preset.id }))) return;
    await this.#list();
    this.#tell("ptz-removed", nameOf(preset));
  }

  /** A name that is there already is given to the present position; another gets the first free number. */
  async #save() {
    const field = /** @type {HTMLInputElement} */ (this.#part("input"));
    const name = [...field.value.trim()].slice(0, MAX_NAME).join("");
    if (!name) return field.focus();
    const most = Math.min(this.#place.can.presets ?? 0, MAX_PRESET);
    const taken = new Set(this.#presets.map(({ id }) => id));
    const free = Array.from({ length: most }, (_, i) => i + 1).find((id) => !taken.has(id));
    const preset = this.#presets.find((known) => known.name === name)?.id ?? free;
    if (preset === undefined) return this.#place.tell(say("ptz-full"), true);
    if (!(await this.#order({ do: "save", preset, name }))) return;
    field.value = "";
    await this.#list();
    this.#select("presets").value = String(preset);
    this.#tell("ptz-saved", name);
  }

  /** @param {import("../lib/rpc.js").Params} order */
  async #order(order) {
    return this.#steering.order(order);
  }

  /** @param {string} key @param {string} name */
  #tell(key, name) {
    this.#place.tell(say(key, { name }));
  }

  /** @param {string} name @param {() => unknown} act */
  #on(name, act) {
    onOnce(this.#part(`[data-do="${name}"]`), "click", act);
  }

  /** @param {string} name @returns {HTMLSelectElement} */
  #select(name) {
    return /** @type {HTMLSelectElement} */ (this.#part(`select[data-list="${name}"]`));
  }

  /** @param {string} selector @returns {HTMLElement} */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#place.body.querySelector(selector));
  }
}

/** What a recorder's end lists, as far as it makes sense. @param {unknown} presets @returns {Preset[]} */
function read(presets) {
  const list = Array.isArray(presets) ? presets.slice(0, MAX_PRESET) : [];
  return list
    .filter((one) => Number.isInteger(one?.id))
    .map(({ id, name }) => ({ id, name: String(name ?? "").slice(0, 64) }));
}

/** @param {Preset} preset */
function nameOf({ id, name }) {
  return name || String(id);
}
