// Where the view is kept: in the address, which a reload reads again, and on this device, for the next time that
// somebody opens Live view from the menu.

import { asksForView, searchOf, viewOf } from "./lib/view_address.js";
import { read, write } from "./person.js";

/** @import {ListedCamera} from "./lib/cameras.js" */
/** @import {View} from "./lib/pages.js" */

const [LAST, RESUME] = ["peerview.live", "peerview.resume"];
/** Only the view of all cameras is resumed. */
const ALL = "/live";

export class ViewMemory {
  #home;
  #named;
  #layouts;

  /** @param {string} home The page with the grid. @param {string} named A camera that the page is about, or "". @param {number[]} layouts */
  constructor(home, named, layouts) {
    this.#home = home;
    this.#named = named;
    this.#layouts = layouts;
  }

  /** What the address asks for; where it asks for nothing, what was shown last. @param {ListedCamera[]} cameras */
  first(cameras) {
    const isOpenQuestion = this.#home === ALL && !history.state && !asksForView(location.search);
    if (!isOpenQuestion || read(RESUME) === "off") return this.asked(cameras);
    const view = viewOf(read(LAST) ?? "", cameras, this.#layouts);
    this.keep(view, cameras);
    return view;
  }

  /** What the address asks for. @param {ListedCamera[]} cameras @returns {View} */
  asked(cameras) {
    const view = viewOf(location.search, cameras, this.#layouts);
    if (view.enlarged !== undefined || location.pathname === this.#home) return view;
    const named = cameras.findIndex(({ camera }) => camera === this.#named);
    return { ...view, enlarged: named < 0 ? undefined : named };
  }

  /** @param {View} view @param {ListedCamera[]} cameras */
  keep(view, cameras) {
    const address = this.#home + searchOf(location.search, view, cameras);
    history.replaceState(history.state ?? {}, "", address);
    if (this.#home === ALL) write(LAST, searchOf("", view, cameras));
  }
}
