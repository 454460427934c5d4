// <live-grid>: the screen of Live view: which tiles are shown, which is selected or enlarged, how one
// moves between them. What they play is for lib/watching.js.

import { pageOf, position, shownTiles, step } from "../lib/pages.js";
import { say } from "../lib/say.js";
import { makeWatching } from "../watch.js";
import { LiveTile } from "./live-tile.js";
import { onSwipe } from "../swipe.js";

/** @import {View} from "../lib/pages.js" */
/** @import {StreamKind} from "../lib/control.js" */

export class LiveGrid extends HTMLElement {
  /** @type {LiveTile[]} */
  #tiles = [];
  /** @type {View} */
  #view = { perPage: 4, page: 0, enlarged: undefined };
  #selected = 0;
  /** @type {"auto" | "main" | "sub"} */
  #quality = "auto";
  #watching = makeWatching(this);
  /** @type {LiveTile[]} */
  #shown = [];

  connectedCallback() {
    this.#tiles = [...this.querySelectorAll("live-tile")].filter((tile) => tile instanceof LiveTile);
    const first = this.#tiles.findIndex(({ camera }) => camera === this.dataset.camera);
    if (first >= 0) this.#enlargeView(first);
    this.addEventListener("tile-select", ({ target }) => this.#select(this.#indexOf(target)));
    this.addEventListener("tile-enlarge", ({ target }) => this.#toggle(this.#indexOf(target)));
    this.addEventListener("tile-again", ({ target: it }) => it instanceof LiveTile && this.#watching.again(it.serial, it.camera));
    this.querySelector("[data-step='-1']")?.addEventListener("click", () => this.#step(-1));
    this.querySelector("[data-step='1']")?.addEventListener("click", () => this.#step(1));
    this.querySelector(".seg")?.addEventListener("change", ({ target }) => {
      if (this.#view.enlarged !== undefined) this.#leaveEnlarged();
      this.#go(pageOf(Number(/** @type {HTMLInputElement} */ (target).value), this.#selected));
    });
    onSwipe(this, (by) => this.#step(by));
    document.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("popstate", ({ state }) => this.#popped(state));
    addEventListener("pagehide", () => this.#leave());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#draw());
    setInterval(() => this.#tick(), 1_000);
    this.#draw();
  }

  get selected() {
    return this.#tiles[this.#selected];
  }

  get watching() {
    return this.#watching;
  }

  /** @param {string} serial @param {string} camera */
  tile(serial, camera) {
    return this.#shown.find((tile) => tile.serial === serial && tile.camera === camera);
  }

  /** @param {"auto" | "main" | "sub"} quality */
  setQuality(quality) {
    this.#quality = quality;
    this.#draw();
  }

  /** @param {View} view */
  #go(view) {
    this.#view = view;
    this.#draw();
  }

  /** @param {number} by */
  #step(by) {
    const view = step(this.#view, this.#tiles.length, by);
    this.#go(view);
    if (view.enlarged !== undefined) history.replaceState(history.state, "", this.#address(view.enlarged));
  }

  /** @param {number} index */
  #select(index) {
    this.#selected = index;
    this.#tiles.forEach((tile, i) => {
      tile.querySelector(".tile__open")?.setAttribute("aria-pressed", String(i === index));
    });
    this.dispatchEvent(new CustomEvent("selected"));
  }

  /** @param {number} index */
  #toggle(index) {
    performance.mark("peerview:tap");
    if (this.#view.enlarged === undefined) {
      history.pushState({ enlarged: index }, "", this.#address(index));
      this.#enlargeView(index);
      this.#draw();
    } else if (history.state?.enlarged !== undefined) {
      history.back();
    } else {
      this.#leaveEnlarged();
      this.#go(pageOf(this.#view.perPage, this.#view.enlarged));
    }
  }

  /** The address says the grid again; where Back leads stays. */
  #leaveEnlarged() {
    history.replaceState(null, "", (this.dataset.home ?? "/live") + location.search);
  }

  /** @param {number} index */
  #enlargeView(index) {
    this.#selected = index;
    this.#view = { ...this.#view, enlarged: index };
  }

  /** @param {{enlarged?: number} | null} state */
  #popped(state) {
    if (state?.enlarged !== undefined) this.#enlargeView(state.enlarged);
    else this.#view = pageOf(this.#view.perPage, this.#view.enlarged ?? this.#selected);
    this.#draw();
  }

  #draw() {
    const { enlarged, perPage } = this.#view;
    const indexes = shownTiles(this.#view, this.#tiles.length);
    const shown = indexes.map((i) => /** @type {LiveTile} */ (this.#tiles[i]));
    this.#shown.filter((tile) => !shown.includes(tile)).forEach((tile) => tile.stop());
    this.#shown = shown;
    this.#tiles.forEach((tile) => (tile.hidden = !shown.includes(tile)));
    this.dataset.layout = String(enlarged === undefined ? perPage : 1);
    this.toggleAttribute("data-enlarged", enlarged !== undefined);
    this.#drawPager();
    if (!indexes.includes(this.#selected)) this.#selected = indexes[0] ?? 0;
    this.#select(this.#selected);
    this.#watching.show(shown.map((tile) => ({ serial: tile.serial, camera: tile.camera, stream: this.#stream() })));
  }

  #drawPager() {
    const { at, of } = position(this.#view, this.#tiles.length);
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
    this.#shown.forEach((tile) => tile.tick(this.#watching.isSilent(tile.serial)));
    if (document.visibilityState === "visible") void this.#watching.measure();
  }

  #leave() {
    this.#watching.end();
    this.#shown = [];
  }

  /** @param {number} index */
  #address(index) {
    const { serial, camera } = /** @type {LiveTile} */ (this.#tiles[index]);
    return `/live/${serial}/${encodeURIComponent(camera)}${location.search}`;
  }

  /** @param {EventTarget | null} target */
  #indexOf(target) {
    return target instanceof LiveTile ? this.#tiles.indexOf(target) : 0;
  }
}
