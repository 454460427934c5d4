// <live-grid>: the screen of Live view: which tiles are shown, which is selected or enlarged, how one
// moves between them. What they play is for lib/watching.js.

import { listedCameras, slotsBySerial } from "../lib/cameras.js";
import { pageOf, position, shownTiles, step } from "../lib/pages.js";
import { say } from "../lib/say.js";
import { ViewMemory } from "../view_memory.js";
import { makeWatching } from "../watch.js";
import { LiveTile } from "./live-tile.js";
import { TileBox } from "./tile-box.js";
import { onSwipe } from "../swipe.js";

/** @import {ListedCamera} from "../lib/cameras.js" */
/** @import {View} from "../lib/pages.js" */
/** @import {StreamKind} from "../lib/control.js" */

export class LiveGrid extends HTMLElement {
  /** @type {ListedCamera[]} */
  #cameras = [];
  #box = new TileBox(this, document.createElement("template"));
  #memory = new ViewMemory("", "", []);
  /** @type {Map<string, number>} */
  #slots = new Map();
  /** @type {View} */
  #view = { perPage: 4, page: 0, enlarged: undefined };
  #selected = 0;
  /** @type {"auto" | "main" | "sub"} */
  #quality = "auto";
  #watching = makeWatching(this);

  connectedCallback() {
    this.#cameras = listedCameras(this.dataset.cameras);
    const [box, template] = [this.querySelector(".grid"), this.querySelector("template")];
    if (!box || !template) return;
    this.#box = new TileBox(box, template);
    const layouts = [...this.querySelectorAll("input[name=layout]")].map((it) => Number(it.getAttribute("value")));
    this.#slots = slotsBySerial(this.#cameras, Math.max(...layouts));
    this.#memory = new ViewMemory(this.dataset.home ?? "", this.dataset.camera ?? "", layouts);
    this.#view = this.#memory.first(this.#cameras);
    this.#selected = this.#view.enlarged ?? 0;
    this.addEventListener("tile-select", ({ target }) => this.#select(this.#indexOf(target)));
    this.addEventListener("tile-enlarge", ({ target }) => this.#toggle(this.#indexOf(target)));
    this.addEventListener("tile-again", ({ target: it }) => it instanceof LiveTile && this.#watching.again(it.serial, it.camera));
    this.querySelector("[data-step='-1']")?.addEventListener("click", () => this.#step(-1));
    this.querySelector("[data-step='1']")?.addEventListener("click", () => this.#step(1));
    this.querySelector(".seg")?.addEventListener("change", ({ target }) => {
      this.#go(pageOf(Number(/** @type {HTMLInputElement} */ (target).value), this.#selected));
    });
    onSwipe(this, (by) => this.#step(by));
    document.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("popstate", () => this.#popped());
    addEventListener("pagehide", () => this.#leave());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#draw());
    setInterval(() => this.#tick(), 1_000);
    this.#draw();
  }

  get selected() {
    const at = this.#cameras[this.#selected];
    return at && this.#box.find(at.serial, at.camera);
  }

  get watching() {
    return this.#watching;
  }

  /** @param {string} serial @param {string} camera */
  tile(serial, camera) {
    return this.#box.find(serial, camera);
  }

  /** @param {"auto" | "main" | "sub"} quality */
  setQuality(quality) {
    this.#quality = quality;
    this.#draw();
  }

  /** @param {string} serial */
  slotsOf(serial) {
    return this.#slots.get(serial) ?? 1;
  }

  /** @param {View} view */
  #go(view) {
    this.#view = view;
    this.#memory.keep(view, this.#cameras);
    this.#draw();
  }

  /** @param {number} by */
  #step(by) {
    this.#go(step(this.#view, this.#cameras.length, by));
  }

  /** @param {number} index */
  #select(index) {
    this.#selected = index;
    const { selected } = this;
    for (const tile of this.#box.tiles) {
      tile.querySelector(".tile__open")?.setAttribute("aria-pressed", String(tile === selected));
      tile.dispatchEvent(new CustomEvent("selected"));
    }
    this.dispatchEvent(new CustomEvent("selected"));
  }

  /** @param {number} index */
  #toggle(index) {
    performance.mark("peerview:tap");
    if (this.#view.enlarged === undefined) {
      history.pushState({ isEnlarged: true }, "");
      this.#selected = index;
      this.#go({ ...this.#view, enlarged: index });
    } else if (history.state?.isEnlarged) {
      history.back();
    } else {
      this.#go(pageOf(this.#view.perPage, this.#view.enlarged));
    }
  }

  #popped() {
    const view = this.#memory.asked(this.#cameras);
    this.#selected = view.enlarged ?? this.#view.enlarged ?? this.#selected;
    this.#go(view.enlarged === undefined ? pageOf(view.perPage, this.#selected) : view);
  }

  #draw() {
    const { enlarged, perPage } = this.#view;
    const indexes = shownTiles(this.#view, this.#cameras.length);
    const cameras = indexes.map((i) => /** @type {ListedCamera} */ (this.#cameras[i]));
    this.dataset.layout = String(enlarged === undefined ? perPage : 1);
    this.style.setProperty("--side", String(Math.sqrt(Number(this.dataset.layout))));
    this.toggleAttribute("data-enlarged", enlarged !== undefined);
    this.#drawPager();
    this.#box.show(cameras, enlarged === undefined ? Math.min(perPage, this.#cameras.length) : 1);
    if (!indexes.includes(this.#selected)) this.#selected = indexes[0] ?? 0;
    this.#select(this.#selected);
    this.#watching.show(cameras.map(({ serial, camera }) => ({ serial, camera, stream: this.#stream() })));
  }

  #drawPager() {
    const { at, of } = position(this.#view, this.#cameras.length);
    const count = this.querySelector(".pager__count");
    if (count) count.textContent = say("page-of", { page: at + 1, pages: of });
    // What is chosen cannot be chosen again: with one enlarged, 4 must be free to lead back.
    for (const choice of this.querySelectorAll("input[name=layout]")) {
      if (choice instanceof HTMLInputElement) choice.checked = choice.value === this.dataset.layout;
    }
    for (const [by, isEnd] of /** @type {const} */ ([["-1", at === 0], ["1", at === of - 1]])) {
      const button = this.querySelector(`[data-step='${by}']`);
      if (button instanceof HTMLButtonElement) button.disabled = isEnd;
    }
  }

  /** @returns {StreamKind} */
  #stream() {
    if (this.#quality !== "auto") return this.#quality;
    const isOne = this.#view.enlarged !== undefined || this.#view.perPage === 1;
    return isOne ? "main" : "sub";
  }

  /** @param {KeyboardEvent} event */
  #key({ key, target }) {
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
    if (document.querySelector("dialog[open]")) return;
    if (key === "ArrowLeft") this.#step(-1);
    if (key === "ArrowRight") this.#step(1);
    if (key === "Escape" && this.#view.enlarged !== undefined) this.#toggle(this.#view.enlarged);
  }

  #tick() {
    this.#box.tiles.forEach((tile) => tile.tick(this.#watching.isSilent(tile.serial)));
    if (document.visibilityState === "visible") void this.#watching.measure();
  }

  #leave() {
    this.#watching.end();
    this.#box.tiles.forEach((tile) => tile.stop());
  }

  /** @param {EventTarget | null} target */
  #indexOf(target) {
    if (!(target instanceof LiveTile)) return 0;
    return this.#cameras.findIndex(({ serial, camera }) => target.serial === serial && target.camera === camera);
  }
}
