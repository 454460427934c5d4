// <live-pager>: how many pictures are shown at once, and the steps from page to page. Tells the grid.

import { say } from "../lib/say.js";

export class LivePager extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement) this.#tell("layout", Number(target.value));
    });
    for (const button of this.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.#tell("step", Number(button.getAttribute("data-step"))));
    }
  }

  /** @param {{at: number, of: number}} position @param {string} layout */
  show({ at, of }, layout) {
    const count = this.querySelector(".pager__count");
    if (count) count.textContent = say("page-of", { page: at + 1, pages: of });
    // What is chosen cannot be chosen again: with one enlarged, 4 must be free to lead back.
    for (const choice of this.querySelectorAll("input")) choice.checked = choice.value === layout;
    // A button that is disabled loses the focus.
    this.querySelector("[data-step='-1']")?.setAttribute("aria-disabled", String(at === 0));
    this.querySelector("[data-step='1']")?.setAttribute("aria-disabled", String(at === of - 1));
  }

  /** @param {string} type @param {number} detail */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  }
}
