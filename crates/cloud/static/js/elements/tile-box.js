// The tiles on the screen: made when their cameras are shown, gone with their videos when these leave. A tile that
// stays keeps its element, and with it its picture.

import { LiveTile } from "./live-tile.js";

/** @import {ListedCamera} from "../lib/cameras.js" */

export class TileBox {
  #box;
  #template;
  /** @type {LiveTile[]} */
  tiles = [];

  /** @param {Element} box @param {HTMLTemplateElement} template Of one tile. */
  constructor(box, template) {
    this.#box = box;
    this.#template = template;
  }

  /** @param {string} serial @param {string} camera */
  find(serial, camera) {
    return this.tiles.find((tile) => tile.serial === serial && tile.camera === camera);
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
  #make({ serial, camera, name }) {
    const copy = document.importNode(this.#template.content, true);
    const tile = /** @type {LiveTile} */ (copy.querySelector("live-tile"));
    Object.assign(tile.dataset, { serial, camera, name });
    for (const named of [tile, tile.querySelector(".tile__open")]) named?.setAttribute("aria-label", name);
    /** @type {Element} */ (tile.querySelector(".tile__name")).textContent = name;
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
