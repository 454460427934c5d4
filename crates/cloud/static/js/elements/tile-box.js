// The tiles on the screen: made when they are shown, gone with their videos. One that stays keeps its picture.

import { LiveTile } from "./live-tile.js";

/** @import {ListedCamera} from "../lib/cameras.js" */

export class TileBox {
  #box;
  #template;
  /** @type {LiveTile[]} */
  tiles = [];

  /** @param {Element} grid With a box for tiles and a template of one. */
  constructor(grid) {
    this.#box = /** @type {Element} */ (grid.querySelector(".grid"));
    this.#template = /** @type {HTMLTemplateElement} */ (grid.querySelector("template"));
  }

  /** @param {string} serial @param {string} camera */
  find(serial, camera) {
    return this.tiles.find((tile) => tile.serial === serial && tile.camera === camera);
  }

  get hasFocus() {
    return this.#box.contains(document.activeElement);
  }

  /** @param {LiveTile | undefined} tile */
  focus(tile) {
    const open = tile?.querySelector(".tile__open");
    if (open instanceof HTMLElement && !tile?.contains(document.activeElement)) open.focus();
  }

  /** Shows a tile for each of these. @param {ListedCamera[]} cameras @param {number} nPlaces Empty places fill the rest. */
  show(cameras, nPlaces) {
    const before = this.tiles;
    this.tiles = cameras.map((camera) => this.find(camera.serial, camera.camera) ?? this.#make(camera));
    for (const tile of before.filter((tile) => !this.tiles.includes(tile))) {
      tile.stop();
      tile.remove();
    }
    this.tiles.forEach((tile, place) => this.#put(tile, place));
    while (this.#box.children.length > Math.max(nPlaces, cameras.length)) this.#box.lastElementChild?.remove();
    while (this.#box.children.length < nPlaces) {
      this.#box.append(Object.assign(document.createElement("i"), { className: "tile tile--empty" }));
    }
  }

  /** @param {ListedCamera} camera */
  #make({ serial, camera, name, own }) {
    const copy = document.importNode(this.#template.content, true);
    const tile = /** @type {LiveTile} */ (copy.querySelector("live-tile"));
    Object.assign(tile.dataset, { serial, camera, name });
    for (const named of [tile, tile.querySelector(".tile__open")]) named?.setAttribute("aria-label", name);
    // The recorder's name gives way where both do not fit.
    /** @type {Element} */ (tile.querySelector(".tile__recorder")).textContent = name.slice(0, name.length - own.length);
    /** @type {Element} */ (tile.querySelector(".tile__camera")).textContent = own;
    return tile;
  }

  /** @param {LiveTile} tile @param {number} place */
  #put(tile, place) {
    const there = this.#box.children[place] ?? null;
    if (there === tile) return;
    if (there?.localName === "i") there.replaceWith(tile);
    else this.#box.insertBefore(tile, there);
  }
}
