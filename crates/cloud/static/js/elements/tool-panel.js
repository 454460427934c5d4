// <tool-panel>: the panel beside or below the pictures that shows one tool for the selected camera. Names the camera,
// errors, and missing abilities; each tool has its own module.

import { isAble } from "../lib/abilities.js";
import { refusalWords } from "../lib/refusals.js";
import { say } from "../lib/say.js";

/** @import {Can} from "../lib/abilities.js" */
/** @import {Params} from "../lib/rpc.js" */
/** @import {LiveTile} from "./live-tile.js" */
/** @import {LiveTools} from "./live-tools.js" */
/**
 * @typedef {object} PanelPlace What a tool gets.
 * @property {HTMLElement} body With a copy of the tool's template.
 * @property {HTMLElement} panel What has the keyboard while one works with the tool.
 * @property {LiveTile} tile
 * @property {Can} can
 * @property {(method: string, params?: Params, timeoutMs?: number) => Promise<any>} ask Asks about this camera.
 * @property {() => import("../lib/peer.js").Peer | undefined} peer The connection to its recorder, while there is one.
 * @property {(words: string, isTrouble?: boolean) => void} tell
 */
/** @typedef {{close: () => void, changed?: () => void}} Tool `changed`: the state of the picture has. */

/** The tools, and where they are. @type {Record<string, () => Promise<{open: (place: PanelPlace) => Tool}>>} */
const TOOLS = {
  ptz: () => import("./ptz-tool.js"),
  talk: () => import("./talk-tool.js"),
  image: () => import("./image-tool.js"),
  outputs: () => import("./outputs-tool.js"),
  statistics: () => import("./statistics-tool.js"),
};
/** Key of what is said of a camera that has nothing for a tool. @type {Record<string, string>} */
const NONE_KEYS = { ptz: "ptz-none", talk: "talk-none", image: "image-none", outputs: "outputs-none" };

export class ToolPanel extends HTMLElement {
  #name = "";
  /** @type {LiveTools | undefined} */
  #tools;
  /** @type {((place: PanelPlace) => Tool) | undefined} */
  #open;
  /** @type {Tool | undefined} */
  #tool;
  /** Whose tool is shown. @type {LiveTile | undefined} */
  #tile;
  /** What was told because its picture is away. @type {string | undefined} */
  #outage;
  /** What went wrong in the tool. */
  #trouble = "";
  #close = () => {};

  connectedCallback() {
    this.#part("[data-close]").addEventListener("click", () => this.#close());
    // Neither a swipe nor a key for the pictures begins here.
    this.addEventListener("pointerdown", (event) => event.stopPropagation());
    this.addEventListener("keydown", (event) => event.stopPropagation());
  }

  /** @param {string} name @param {string} title @param {LiveTools} tools @param {() => void} onClose */
  async open(name, title, tools, onClose) {
    this.close();
    this.#name = name;
    this.#tools = tools;
    this.#close = onClose;
    this.hidden = false;
    this.dataset.tool = name;
    this.#part("h2").textContent = title;
    this.focus({ preventScroll: true });
    try {
      const { open } = await /** @type {() => Promise<{open: (place: PanelPlace) => Tool}>} */ (TOOLS[name])();
      if (name === this.#name) this.#open = open;
    } catch {
      if (name === this.#name) this.#tell(say("panel-not-loaded"), true);
    }
  }

  close() {
    this.#end();
    this.#name = "";
    this.#open = undefined;
    this.hidden = true;
  }

  /** This camera is selected, or what is known about it has changed. @param {LiveTile} tile */
  show(tile) {
    if (!this.#open || !this.#tools) return;
    if (tile === this.#tile && this.#tool) {
      this.#tool.changed?.();
      return this.#tellOutage(tile);
    }
    if (tile !== this.#tile) this.#end();
    this.#tile = tile;
    for (const part of ["camera", "recorder"]) {
      const name = tile.querySelector(`.tile__${part}`)?.textContent ?? "";
      this.#part(`.panel__${part}`).textContent = name.replace(/ · $/, "");
    }
    const { trouble } = this.#tools;
    // What is only looked at needs nothing of the camera.
    const can = this.#tools.can ?? (this.#name in NONE_KEYS ? undefined : {});
    if (!can) return this.#tell(trouble ? refusalWords(trouble, "tile-forbidden") : say("panel-asking"), trouble !== undefined);
    if (!isAble(this.#name, can)) return this.#tell(say(NONE_KEYS[this.#name] ?? "panel-unsupported"), false);
    this.#tell("", false);
    this.#start(tile, can);
  }

  /** @param {LiveTile} tile @param {Can} can */
  #start(tile, can) {
    const template = /** @type {HTMLTemplateElement} */ (document.querySelector(`template[data-panel="${this.#name}"]`));
    const body = this.#part(".panel__body");
    body.replaceChildren(template.content.cloneNode(true));
    const { camera, serial } = tile;
    this.#tool = this.#open?.({
      body,
      panel: this,
      tile,
      can,
      ask: async (method, params, timeoutMs) => this.#tools?.ask(serial, method, { camera, ...params }, timeoutMs),
      peer: () => this.#tools?.peer(serial),
      tell: (words, isTrouble = false) => {
        if (this.#tile !== tile) return;
        this.#trouble = isTrouble ? words : "";
        this.#tell(words, isTrouble);
        if (isTrouble) this.#tellOutage(tile);
      },
    });
    this.#tellOutage(tile);
  }

  /** What keeps the picture away keeps the tool from working, too. @param {LiveTile} tile */
  #tellOutage(tile) {
    const outage = outageOf(tile);
    // That the connection is lost is said once.
    const trouble = this.#trouble === say("panel-lost") && outage ? "" : this.#trouble;
    const words = outage && [outage, trouble].filter(Boolean).join("\n");
    if (words) this.#tell(words, true);
    else if (this.#outage === this.#part(".panel__words").textContent) this.#tell(trouble, trouble !== "");
    this.#outage = words;
  }

  #end() {
    this.#tool?.close();
    this.#tool = this.#tile = this.#outage = undefined;
    this.#trouble = "";
    this.#part(".panel__body").replaceChildren();
    this.#tell("", false);
  }

  /** @param {string} words @param {boolean} isTrouble */
  #tell(words, isTrouble) {
    const status = this.#part(".panel__words");
    if (status.textContent !== words) status.textContent = words;
    status.toggleAttribute("data-trouble", isTrouble);
  }

  /** @param {string} selector @returns {HTMLElement} */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }
}

/** Why a camera shows no picture, if it is known. @param {LiveTile} tile */
function outageOf(tile) {
  return tile.hasAttribute("data-trouble") ? (tile.querySelector(".tile__words")?.textContent ?? undefined) : undefined;
}
