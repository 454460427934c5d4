// The cameras that the grid goes through: all, the favourites or a saved view, in the order that this device keeps.

import { chosen, readArrangement } from "./lib/arrangement.js";
import { read } from "./person.js";

/** @import {ListedCamera} from "./lib/cameras.js" */

export const KEPT = "peerview.arrangement";

export class Arranging {
  all;
  set = "";
  /** @type {ListedCamera[]} */
  cameras = [];
  arrangement = readArrangement(read(KEPT));

  /** @param {ListedCamera[]} all */
  constructor(all) {
    this.all = all;
    this.choose("");
  }

  /** Nothing to go through is no choice: then it is all. @param {string} set */
  choose(set) {
    const cameras = chosen(this.all, this.arrangement, set);
    this.set = cameras.length > 0 ? set : "";
    this.cameras = cameras.length > 0 ? cameras : chosen(this.all, this.arrangement, "");
  }
}
