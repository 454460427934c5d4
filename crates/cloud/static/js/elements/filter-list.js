// <filter-list>: a search field, and a choice of online or offline, that hide the items of a list which do not fit. An
// item's data-filter is its own text; its data-cameras names its cameras, of which those that fit are offered below it.

import { fold, holds } from "../lib/search.js";

/** So many cameras of one item are offered. */
const MOST_CAMERAS = 8;

export class FilterList extends HTMLElement {
  /** @type {HTMLElement[]} */
  #items = [];

  connectedCallback() {
    const items = [...this.querySelectorAll("[data-filter]")];
    this.#items = items.filter((item) => item instanceof HTMLElement);
    this.addEventListener("input", () => this.#filter());
    for (const element of this.querySelectorAll("[data-needs-script]")) element.removeAttribute("hidden");
    // A page that comes back from the history has its fields filled in.
    this.#filter();
  }

  #filter() {
    const wanted = fold(this.querySelector("input")?.value ?? "");
    const state = this.querySelector("select")?.value ?? "";
    for (const item of this.#items) {
      const cameras = wanted ? found(item, wanted) : [];
      const fits = cameras.length > 0 || holds(wanted, item.dataset.filter ?? "");
      item.hidden = !fits || (state !== "" && item.dataset.online !== state);
      offer(item, cameras);
    }
    const empty = this.querySelector("[data-none]");
    if (empty instanceof HTMLElement) empty.hidden = this.#items.some((item) => !item.hidden);
  }
}

/** Cameras of an item whose name fits. @param {HTMLElement} item @param {string} wanted @returns {[string, string][]} */
function found(item, wanted) {
  /** @type {[string, string][]} */
  const cameras = JSON.parse(item.dataset.cameras ?? "[]");
  return cameras.filter(([, name]) => holds(wanted, name));
}

/** @param {HTMLElement} item @param {[string, string][]} cameras */
function offer(item, cameras) {
  const list = item.querySelector("[data-found]");
  if (!(list instanceof HTMLElement)) return;
  list.hidden = cameras.length === 0;
  list.replaceChildren(
    ...cameras.slice(0, MOST_CAMERAS).map(([id, name]) => {
      const entry = document.createElement("li");
      const link = document.createElement("a");
      link.href = `/live/${item.dataset.serial}/${encodeURIComponent(id)}`;
      link.dir = "auto";
      link.textContent = name;
      entry.append(link);
      return entry;
    }),
  );
}
