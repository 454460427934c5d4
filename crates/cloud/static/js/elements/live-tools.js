// <live-tools>: what can be done with the selected camera: capture, sound, full screen, and the panels of
// tools that need more than one button. A panel is loaded when the first one is opened.

import { Abilities, isAble } from "../lib/abilities.js";
import { browserClock } from "../lib/clock.js";
import { LOST, RpcError } from "../lib/rpc.js";
import { keepOnClick } from "../keep_tools.js";
import { HeardSound } from "./heard-sound.js";
import { LiveGrid } from "./live-grid.js";

/** @import {Can} from "../lib/abilities.js" */
/** @import {Params} from "../lib/rpc.js" */
/** @import {ToolPanel} from "./tool-panel.js" */

export class LiveTools extends HTMLElement {
  #abilities = new Abilities({
    ask: ({ serial, camera }) => this.ask(serial, "capabilities", { camera }),
    clock: browserClock,
    onChange: () => this.#abilitiesChanged(),
  });
  /** @type {ToolPanel | undefined} While one is shown. */
  #panel;

  connectedCallback() {
    const sound = this.#tool("sound");
    if (sound) new HeardSound(this.#grid, sound);
    keepOnClick(this.#grid, this.#tool("capture"), this.#tool("record"));
    this.#tool("full-screen")?.addEventListener("click", () => this.#fullScreen());
    const fullScreen = this.#tool("full-screen");
    if (fullScreen) fullScreen.hidden = !document.fullscreenEnabled;
    this.#panelButtons.forEach((button) => button.addEventListener("click", () => void this.#toggle(button)));
    // Before the grid hears it, which leaves an enlarged camera with the same key.
    document.addEventListener("keydown", (event) => this.#key(event), true);
    this.#grid.addEventListener("selected", () => this.#select());
    new MutationObserver((changes) => changes.some(({ target }) => target === this.#grid.selected) && this.#select()).observe(
      this.#grid,
      { subtree: true, attributeFilter: ["data-state"] },
    );
  }

  /** What the selected camera can do, once it has said so. @returns {Can | undefined} */
  get can() {
    return this.#abilities.can;
  }

  /** Why it has not. */
  get trouble() {
    return this.#abilities.error;
  }

  /** Asks the end of a recorder. @param {string} serial @param {string} method @param {Params} params @param {number} [timeoutMs] */
  async ask(serial, method, params, timeoutMs) {
    const control = this.peer(serial)?.control;
    if (!control) throw new RpcError(LOST, "no connection");
    return control.ask(method, params, timeoutMs);
  }

  /** The connection to a recorder, while there is one. @param {string} serial */
  peer(serial) {
    return this.#grid.watching.peer(serial);
  }

  get #grid() {
    return /** @type {LiveGrid} */ (this.closest("live-grid"));
  }

  /** @returns {HTMLButtonElement[]} */
  get #panelButtons() {
    return [...this.querySelectorAll("button")].filter(({ dataset }) => dataset.panel);
  }

  /** The selection has changed, or the state of the selected picture. */
  #select() {
    const tile = this.#grid.selected;
    if (tile) this.#abilities.want({ serial: tile.serial, camera: tile.camera });
    this.#abilitiesChanged();
  }

  #abilitiesChanged() {
    const can = this.#abilities.can;
    for (const button of this.#panelButtons) {
      button.toggleAttribute("data-absent", can !== undefined && !isAble(button.dataset.panel ?? "", can));
    }
    const tile = this.#grid.selected;
    if (tile) this.#panel?.show(tile);
  }

  /** @param {HTMLButtonElement} button */
  async #toggle(button) {
    if (button.getAttribute("aria-expanded") === "true") return this.#close(button);
    const { ToolPanel } = await import("./tool-panel.js").catch(() => ({ ToolPanel: undefined }));
    const place = this.#grid.querySelector("tool-panel");
    const tile = this.#grid.selected;
    if (!ToolPanel || !tile) return;
    if (!customElements.get("tool-panel")) customElements.define("tool-panel", ToolPanel);
    if (!(place instanceof ToolPanel)) return;
    this.#panel = place;
    this.#panelButtons.forEach((other) => other.setAttribute("aria-expanded", String(other === button)));
    await place.open(button.dataset.panel ?? "", button.textContent?.trim() ?? "", this, () => this.#close(button));
    place.show(tile);
  }

  /** @param {HTMLElement} button */
  #close(button) {
    button.setAttribute("aria-expanded", "false");
    const hadFocus = this.#panel?.contains(document.activeElement) || document.activeElement === document.body;
    this.#panel?.close();
    this.#panel = undefined;
    if (hadFocus) button.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Escape" || !this.#panel || document.querySelector("dialog[open]")) return;
    event.stopPropagation();
    const opened = this.#panelButtons.find((button) => button.getAttribute("aria-expanded") === "true");
    if (opened) this.#close(opened);
  }

  async #fullScreen() {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await this.#grid.requestFullscreen().catch(() => {});
  }

  /** @param {string} name @returns {HTMLButtonElement | null} */
  #tool(name) {
    return this.querySelector(`[data-tool="${name}"]`);
  }
}
