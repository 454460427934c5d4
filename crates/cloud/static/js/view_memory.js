// Where the view is kept: in the address, for a reload, and on this device, for the next time.

import { asksForView, searchOf, viewOf } from "./lib/view_address.js";
import { read, write } from "./person.js";

/** @import {Arranging} from "./arranging.js" */
/** @import {View} from "./lib/pages.js" */

const [LAST, RESUME] = ["peerview.live", "peerview.resume"];
/** Only the view of all cameras is resumed. */
const ALL = "/live";

export class ViewMemory {
  #home;
  #named;
  #layouts;
  #arranging;

  /** @param {DOMStringMap} page The page with the grid, and a camera that it is about. @param {number[]} layouts @param {Arranging} arranging */
  constructor({ home = ALL, camera = "" }, layouts, arranging) {
    this.#home = home;
    this.#named = camera;
    this.#layouts = layouts;
    this.#arranging = arranging;
  }

  /** What the address asks for; where it asks for nothing, what was shown last. */
  first() {
    const isOpenQuestion = this.#home === ALL && !history.state && !asksForView(location.search);
    const last = isOpenQuestion && read(RESUME) !== "off" ? read(LAST) : null;
    if (last === null) return this.asked();
    const view = this.#read(last);
    this.keep(view);
    return view;
  }

  /** What the address asks for. @returns {View} */
  asked() {
    const view = this.#read(location.search);
    if (view.enlarged !== undefined || location.pathname === this.#home) return view;
    const named = this.#arranging.cameras.findIndex(({ camera }) => camera === this.#named);
    return { ...view, enlarged: named < 0 ? undefined : named };
  }

  /** @param {View} view */
  keep(view) {
    const { cameras, set } = this.#arranging;
    const address = this.#home + searchOf(location.search, view, cameras, set);
    history.replaceState(history.state ?? {}, "", address);
    if (this.#home === ALL) write(LAST, searchOf("", view, cameras, set));
  }

  /** @param {string} search */
  #read(search) {
    this.#arranging.choose(new URLSearchParams(search).get("set") ?? "");
    return viewOf(search, this.#arranging.cameras, this.#layouts);
  }
}
