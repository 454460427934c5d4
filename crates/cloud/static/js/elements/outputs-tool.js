// The tool Outputs: the outputs of the selected camera's recorder (a gate, a siren, a light), on, off or for a moment.

import { onOnce } from "../lib/one_action.js";
import { refusalWords } from "../lib/refusals.js";
import { say } from "../lib/say.js";

/** @import {PanelPlace, Tool} from "./tool-panel.js" */
/** @typedef {{id: string, name: string, isOn: boolean | null}} Output */

/** Others may switch them, too. */
const LOOK_EVERY_MS = 5_000;
const PULSE_MS = 500;
/** Key of what is said when it is done. */
const DONE_KEYS = { on: "output-is-on", off: "output-is-off", pulse: "output-is-pulse" };
const MAX_OUTPUTS = 32;

/** @param {PanelPlace} place @returns {Tool} */
export function open(place) {
  const outputs = new Outputs(place);
  void outputs.list();
  const timer = setInterval(() => document.hidden || void outputs.list(), LOOK_EVERY_MS);
  return { close: () => clearInterval(timer) };
}

class Outputs {
  #place;
  #isAsking = false;
  /** The recorder was asked in vain, and that is what the panel says. */
  #isTrouble = false;

  /** @param {PanelPlace} place */
  constructor(place) {
    this.#place = place;
  }

  async list() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const { outputs } = await this.#place.ask("outputs");
      if (this.#isTrouble) this.#place.tell("");
      this.#isTrouble = false;
      this.#draw(read(outputs));
    } catch (error) {
      this.#fail(error);
    }
    this.#isAsking = false;
  }

  /** @param {Output} output @param {"on" | "off" | "pulse"} act */
  async #set({ id, name }, act) {
    try {
      await this.#place.ask("setOutput", { output: id, do: act, ...(act === "pulse" ? { ms: PULSE_MS } : {}) });
      this.#place.tell(say(DONE_KEYS[act], { name }));
      if (act === "pulse") setTimeout(() => void this.list(), 2 * PULSE_MS);
    } catch (error) {
      this.#fail(error);
    }
    await this.list();
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#isTrouble = true;
    this.#place.tell(refusalWords(error, "outputs-forbidden"), true);
  }

  /** Rows stay, so that the focus does. @param {Output[]} outputs */
  #draw(outputs) {
    const list = /** @type {HTMLElement} */ (this.#place.body.querySelector(".outputs"));
    const known = new Map([...list.children].map((row) => [row.getAttribute("data-output"), row]));
    const rows = outputs.map((output) => known.get(output.id) ?? this.#row(output));
    if (rows.length !== list.children.length || rows.some((row, i) => row !== list.children[i])) list.replaceChildren(...rows);
    outputs.forEach(({ isOn }, i) => {
      rows[i]?.querySelector("[data-do=on]")?.setAttribute("aria-pressed", String(isOn === true));
      rows[i]?.querySelector("[data-do=off]")?.setAttribute("aria-pressed", String(isOn === false));
    });
  }

  /** @param {Output} output */
  #row(output) {
    const template = /** @type {HTMLTemplateElement} */ (this.#place.body.querySelector("template"));
    const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    row.dataset.output = output.id;
    row.setAttribute("aria-label", output.name);
    /** @type {HTMLElement} */ (row.querySelector("span")).textContent = output.name;
    for (const act of /** @type {const} */ (["on", "off", "pulse"])) {
      onOnce(row.querySelector(`[data-do=${act}]`), "click", () => this.#set(output, act));
    }
    return row;
  }
}

/** What a recorder's end lists, as far as it makes sense. @param {unknown} outputs @returns {Output[]} */
function read(outputs) {
  const list = Array.isArray(outputs) ? outputs.slice(0, MAX_OUTPUTS) : [];
  return list
    .filter((one) => typeof one?.id === "string")
    .map(({ id, name, isOn }) => ({
      id,
      name: String(name || say("output-unnamed", { id })).slice(0, 64),
      isOn: typeof isOn === "boolean" ? isOn : null,
    }));
}
