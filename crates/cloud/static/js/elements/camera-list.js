// <camera-list>: a dialog with all cameras: search, favourites, saved views; leads to a camera. Loaded when it is opened.

import { FAVOURITES, savedView } from "../lib/arrangement.js";
import { keyOf } from "../lib/cameras.js";
import { shownTiles } from "../lib/pages.js";
import { setOfView, starred, withView, withoutView } from "../lib/rearranging.js";
import { say } from "../lib/say.js";
import { fold, holds } from "../lib/search.js";
import { choose, goTo, rearrange } from "./grid-arrangement.js";

/** @import {ListedCamera} from "../lib/cameras.js" */
/** @import {LiveGrid} from "./live-grid.js" */

export class CameraList extends HTMLElement {
  connectedCallback() {
    this.#field.addEventListener("input", () => this.#list());
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("click", ({ target }) => target instanceof Element && this.#press(target));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
  }

  open() {
    this.#dialog.showModal();
    this.#field.value = "";
    this.#draw();
    this.#field.focus();
  }

  get #dialog() {
    return /** @type {HTMLDialogElement} */ (this.closest("dialog"));
  }
  get #grid() {
    return /** @type {LiveGrid} */ (document.querySelector("live-grid"));
  }
  get #field() {
    return /** @type {HTMLInputElement} */ (this.querySelector("input[type=search]"));
  }
  get #form() {
    return /** @type {HTMLFormElement} */ (this.querySelector("form"));
  }
  get #rows() {
    return /** @type {HTMLElement} */ (this.querySelector("ul"));
  }

  /** @param {Element} target */
  #press(target) {
    const button = target.closest("button");
    const { set, star, go } = button?.dataset ?? {};
    const { arranging } = this.#grid;
    if (set !== undefined) choose(this.#grid, set);
    if (star !== undefined) rearrange(this.#grid, (before) => starred(before, star));
    if (button?.hasAttribute("data-remove")) {
      const view = savedView(arranging.arrangement, arranging.set);
      rearrange(this.#grid, (before) => withoutView(before, view?.name ?? ""));
    }
    // The focus returns to what opened the dialog; then it goes to the camera.
    if (go !== undefined || button?.hasAttribute("data-close")) this.#dialog.close();
    if (go !== undefined) return goTo(this.#grid, go);
    if (star !== undefined) {
      button?.setAttribute("aria-pressed", String(arranging.arrangement.favourites.includes(star)));
      this.#offerFavourites();
    } else if (button && button.type === "button") this.#draw();
  }

  #save() {
    const name = /** @type {HTMLInputElement} */ (this.#form.querySelector("input"));
    if (!name.value.trim()) return name.focus();
    const { arranging, view } = this.#grid;
    const shown = shownTiles(view, arranging.cameras.length).map((i) => arranging.cameras[i]);
    const cameras = shown.flatMap((camera) => (camera ? [keyOf(camera)] : []));
    rearrange(this.#grid, (before) => withView(before, { name: name.value, layout: view.perPage, cameras }));
    choose(this.#grid, setOfView(name.value.trim()));
    name.value = "";
    this.#draw();
  }

  #draw() {
    const { arrangement, set } = this.#grid.arranging;
    const sets = /** @type {HTMLElement} */ (this.querySelector(".cameras__sets"));
    sets.querySelectorAll("[data-view]").forEach((button) => button.remove());
    for (const { name } of arrangement.views) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
      Object.assign(button.dataset, { set: setOfView(name), view: "" });
      sets.append(button);
    }
    for (const button of sets.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.set === set));
      // What is shown is in sight, however many views there are.
      if (button.dataset.set === set) button.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    this.#offerFavourites();
    /** @type {HTMLElement} */ (this.querySelector("[data-remove]")).hidden = !savedView(arrangement, set);
    this.#list();
  }

  #offerFavourites() {
    const button = /** @type {HTMLButtonElement} */ (this.querySelector(`[data-set="${FAVOURITES}"]`));
    button.disabled = this.#grid.arranging.arrangement.favourites.length === 0;
  }

  #list() {
    const { cameras } = this.#grid.arranging;
    const wanted = fold(this.#field.value);
    const found = cameras.filter(({ name }) => holds(wanted, name));
    this.#rows.replaceChildren(...found.map((camera) => this.#row(camera)));
    const count = this.querySelector("[role=status]");
    if (count) count.textContent = say("cameras", { n: found.length });
  }

  /** @param {ListedCamera} camera */
  #row(camera) {
    const template = /** @type {HTMLTemplateElement} */ (this.querySelector("template"));
    const row = document.importNode(template.content, true);
    const [star, go] = row.querySelectorAll("button");
    const key = keyOf(camera);
    const isFavourite = this.#grid.arranging.arrangement.favourites.includes(key);
    if (star) Object.assign(star.dataset, { star: key });
    star?.setAttribute("aria-pressed", String(isFavourite));
    star?.setAttribute("aria-label", say("camera-favourite", { camera: camera.name }));
    if (go) Object.assign(go, { textContent: camera.name }).dataset.go = key;
    return row;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
    const stops = [this.#field, ...this.#rows.querySelectorAll("button[data-go]")];
    const at = stops.findIndex((stop) => stop === document.activeElement || stop.parentElement?.contains(document.activeElement));
    const next = stops[at + by];
    if (by && next instanceof HTMLElement) {
      event.preventDefault();
      next.focus();
    }
    const first = stops[1];
    if (event.key === "Enter" && at === 0 && first instanceof HTMLElement) {
      event.preventDefault();
      first.click();
    }
  }
}
