// <viewable-offer>: on a tile whose camera could be shown if one of its streams were changed: a button that explains
// the change in a dialog, and makes it once the person agrees. Loaded when a tile needs it.

import { LOST, RpcError } from "../lib/rpc.js";
import { ViewableChange, streamToChange } from "../lib/viewable.js";

/** @import {LiveGrid} from "./live-grid.js" */
/** @import {LiveTile} from "./live-tile.js" */
/** @import {ViewableStep} from "../lib/viewable.js" */

/** So long a tile may wait for a key frame before a change is offered: most waits end by themselves. */
const KEY_FRAME_MS = 5_000;

export class ViewableOffer extends HTMLElement {
  /** @type {string | undefined} */
  #stream;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  connectedCallback() {
    if (this.#button.onclick) return;
    this.#button.onclick = () => this.#open();
    new MutationObserver(() => this.#change()).observe(this.#tile, { attributeFilter: ["data-mendable", "data-state"] });
    this.#change();
  }

  get #button() {
    return /** @type {HTMLButtonElement} */ (this.querySelector("button"));
  }

  get #tile() {
    return /** @type {LiveTile} */ (this.closest("live-tile"));
  }

  /** @param {string} method @param {{[key: string]: unknown}} params @param {number} [timeoutMs] */
  async #ask(method, params, timeoutMs) {
    const grid = /** @type {LiveGrid} */ (this.closest("live-grid"));
    const control = grid.watching.peer(this.#tile.serial)?.control;
    if (!control) throw new RpcError(LOST, "no connection");
    return control.ask(method, params, timeoutMs);
  }

  /** A tile that only waits gets no button that goes away under a finger. */
  #change() {
    clearTimeout(this.#timer);
    const { state } = this.#tile.dataset;
    const mayEnd = state === "waiting" && this.hidden && this.#tile.hasAttribute("data-mendable");
    if (mayEnd) this.#timer = setTimeout(() => void this.#look(), KEY_FRAME_MS);
    else void this.#look();
  }

  /** Offers it where it would help and the person may. */
  async #look() {
    const isMendable = this.#tile.hasAttribute("data-mendable");
    const list = isMendable && (await this.#ask("streams", { camera: this.#tile.camera }).catch(() => false));
    this.#stream = list && this.#tile.hasAttribute("data-mendable") ? streamToChange(list) : undefined;
    const hadFocus = this.contains(document.activeElement);
    this.hidden = this.#stream === undefined;
    if (hadFocus && this.hidden) this.#focusTile();
  }

  #focusTile() {
    /** @type {HTMLElement | null} */ (this.#tile.querySelector(".tile__open"))?.focus();
  }

  #open() {
    if (this.#stream === undefined) return;
    const dialog = new ViewableDialog(this.#tile.dataset.name ?? "", () => this.hidden && this.#focusTile());
    dialog.show(
      new ViewableChange({
        camera: this.#tile.camera,
        stream: this.#stream,
        ask: (method, params, timeoutMs) => this.#ask(method, params, timeoutMs),
        onStep: (step) => dialog.draw(step),
      }),
    );
  }
}

/** Who draws in the page's one dialog. @type {ViewableDialog | undefined} */
let shown;

class ViewableDialog {
  #dialog = /** @type {HTMLDialogElement} */ (document.querySelector("dialog.viewable"));

  /** @param {string} camera @param {() => void} onClose */
  constructor(camera, onClose) {
    this.#part(".viewable__camera").textContent = camera;
    this.#dialog.onclose = onClose;
  }

  /** @param {ViewableChange} change */
  show(change) {
    shown = this;
    this.#part(".viewable__agree").onclick = () => void change.agree();
    for (const end of ["cancel", "close"]) this.#part(`.viewable__${end}`).onclick = () => this.#dialog.close();
    // What has begun goes on, and is told.
    this.#dialog.oncancel = (event) => change.phase === "changing" && event.preventDefault();
    this.#dialog.showModal();
    void change.plan();
  }

  /** @param {ViewableStep} step */
  draw({ phase, words, changes }) {
    if (shown !== this) return;
    const rows = changes.map((change) => Object.assign(document.createElement("li"), { textContent: change }));
    this.#part("ul").replaceChildren(...rows);
    this.#part("[role=status]").textContent = words;
    this.#part(".viewable__agree").hidden = phase !== "consent";
    this.#part(".viewable__cancel").hidden = phase !== "asking" && phase !== "consent";
    this.#part(".viewable__close").hidden = phase !== "over";
    if (phase === "changing") this.#part("h2").focus();
    if (phase === "over") this.#part(".viewable__close").focus();
  }

  /** @param {string} selector @returns {HTMLElement} */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(selector));
  }
}
