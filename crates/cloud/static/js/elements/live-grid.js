// <live-grid>: the screen of Live view: which tiles are shown, which is selected or enlarged, how one
// moves between them. What they play is for lib/watching.js.

import { listedCameras, slotsBySerial } from "../lib/cameras.js";
import { pageOf, position, shownTiles, step } from "../lib/pages.js";
import { choiceName, qualityOf, wishOf } from "../lib/quality.js";
import { Arranging } from "../arranging.js";
import { network } from "../network.js";
import { read } from "../person.js";
import { ViewMemory } from "../view_memory.js";
import { makeWatching } from "../watch.js";
import { LivePager } from "./live-pager.js";
import { LiveTile } from "./live-tile.js";
import { TileBox } from "./tile-box.js";

/** @import {ListedCamera} from "../lib/cameras.js" */
/** @import {View} from "../lib/pages.js" */
/** @import {Quality} from "../lib/quality.js" */

export class LiveGrid extends HTMLElement {
  arranging = new Arranging(listedCameras(this.dataset.cameras));
  layouts = [...this.querySelectorAll("input[name=layout]")].map((it) => Number(it.getAttribute("value")));
  #box = new TileBox(this);
  #memory = new ViewMemory(this.dataset, this.layouts, this.arranging);
  /** @type {Map<string, number>} */
  #slots = new Map();
  /** @type {View} */
  #view = { perPage: 4, page: 0, enlarged: undefined };
  #selected = 0;
  #quality = qualityOf(read(`peerview.${choiceName(network)}`));
  watching = makeWatching(this);

  connectedCallback() {
    this.#slots = slotsBySerial(this.arranging.all, Math.max(...this.layouts));
    this.#view = this.#memory.first();
    this.#selected = this.#view.enlarged ?? 0;
    this.addEventListener("tile-select", ({ target }) => {
      this.#select(this.#indexOf(target));
      // Where only video is shown, a tap shows the rest.
      this.toggleAttribute("data-controls");
    });
    this.addEventListener("tile-enlarge", ({ target }) => this.#toggle(this.#indexOf(target)));
    this.addEventListener("tile-again", ({ target: it }) => it instanceof LiveTile && this.watching.again(it.serial, it.camera));
    this.addEventListener("step", (event) => this.#step(/** @type {CustomEvent} */ (event).detail));
    this.addEventListener("layout", (event) => this.#go(pageOf(/** @type {CustomEvent} */ (event).detail, this.#selected)));
    addEventListener("popstate", () => this.#popped());
    addEventListener("pagehide", () => this.pause());
    addEventListener("pageshow", ({ persisted }) => persisted && this.resume());
    setInterval(() => this.#tick(), 1_000);
    this.#draw();
  }

  get selected() {
    const at = this.#cameras[this.#selected];
    return at && this.#box.find(at.serial, at.camera);
  }

  get view() {
    return this.#view;
  }

  get #cameras() {
    return this.arranging.cameras;
  }

  /** @param {string} serial @param {string} camera */
  tile(serial, camera) {
    return this.#box.find(serial, camera);
  }

  get quality() {
    return this.#quality;
  }

  /** @param {Quality} quality */
  setQuality(quality) {
    this.#quality = quality;
    this.#draw();
  }

  /** @param {string} serial */
  slotsOf(serial) {
    return this.#slots.get(serial) ?? 1;
  }

  /** @param {View} view @param {number} selected Its place among the cameras. @param {boolean} takesFocus */
  show(view, selected, takesFocus = true) {
    this.#selected = selected;
    this.#go(view);
    if (takesFocus) this.#box.focus(this.selected);
  }

  /** @param {View} view */
  #go(view) {
    this.#view = view;
    this.#memory.keep(view);
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
      const open = tile.querySelector(".tile__open");
      open?.setAttribute("aria-pressed", String(tile === selected));
      // One stop for Tab; arrows lead on.
      open?.setAttribute("tabindex", tile === selected ? "0" : "-1");
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
    const view = this.#memory.asked();
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
    const pager = this.querySelector("live-pager");
    if (pager instanceof LivePager) pager.show(position(this.#view, this.#cameras.length), this.dataset.layout);
    const hadFocus = this.#box.hasFocus;
    this.#box.show(cameras, enlarged === undefined ? Math.min(perPage, this.#cameras.length) : 1);
    if (!indexes.includes(this.#selected)) this.#selected = indexes[0] ?? 0;
    this.#select(this.#selected);
    if (hadFocus) this.#box.focus(this.selected);
    const stream = wishOf(this.#quality, this.dataset.layout === "1");
    this.watching.show(cameras.map(({ serial, camera }) => ({ serial, camera, stream })));
  }

  #tick() {
    this.#box.tiles.forEach((tile) => tile.tick(this.watching.isSilent(tile.serial)));
    if (document.visibilityState === "visible") void this.watching.measure();
  }

  pause() {
    this.watching.end();
    this.#box.tiles.forEach((tile) => tile.stop());
  }

  resume() {
    this.#draw();
  }

  /** @param {EventTarget | null} target */
  #indexOf(target) {
    if (!(target instanceof LiveTile)) return 0;
    return this.#cameras.findIndex(({ serial, camera }) => target.serial === serial && target.camera === camera);
  }
}
