// <arranged-list>: a form whose buttons move, hide and show the items of a list, which can be dragged, too. Each button
// works at once and in place, so that focus and place on the page stay; without a script, or if that fails, the form is
// sent as a page.

import { minutesOf, postPatiently } from "../lib/patience.js";
import { say } from "../lib/say.js";
import { letRowsBeDragged, placeOf } from "./row-drag.js";

export class ArrangedList extends HTMLElement {
  /** What was not answered yet, so that the cloud gets every press in its order. */
  #sent = Promise.resolve();

  connectedCallback() {
    this.addEventListener("submit", (event) => {
      const form = event.target;
      const button = event.submitter;
      if (!(form instanceof HTMLFormElement) || !(button instanceof HTMLButtonElement)) return;
      const row = button.closest("li");
      if (!row) return;
      event.preventDefault();
      change(row, button);
      this.#tell(row, button.name);
      this.#send(form, { [button.name]: button.value });
    });
    const [form, list] = [this.querySelector("form"), this.querySelector("ol")];
    if (form && list) letRowsBeDragged(list, (row) => this.#dragged(form, row));
  }

  /** @param {HTMLFormElement} form @param {HTMLElement} row */
  #dragged(form, row) {
    const it = row.querySelector("button")?.value ?? "";
    this.#tell(row, "dragged");
    this.#send(form, { dragged: it, place: `${placeOf(row)}` });
  }

  /** @param {HTMLFormElement} form @param {Record<string, string>} change */
  #send(form, change) {
    const taken = () => postPatiently(() => post(form, change), (seconds) => this.#wait(seconds)).then(check);
    this.#sent = this.#sent.then(taken).catch(() => failed(form, change));
  }

  /** The changes are only in this page meanwhile, so the browser asks whoever leaves it. @param {number} seconds */
  async #wait(seconds) {
    const place = this.querySelector("[data-waits]");
    const stay = (/** @type {Event} */ event) => event.preventDefault();
    addEventListener("beforeunload", stay);
    if (place) place.textContent = say("arranged-waits", { n: minutesOf(seconds) });
    place?.toggleAttribute("hidden", false);
    await new Promise((done) => setTimeout(done, seconds * 1_000));
    place?.toggleAttribute("hidden", true);
    removeEventListener("beforeunload", stay);
  }

  /** @param {HTMLElement} row @param {string} what */
  #tell(row, what) {
    const status = this.querySelector("[role=status]");
    if (!status) return;
    const n = row.parentElement?.children.length ?? 0;
    const name = row.dataset.name ?? "";
    if (what === "hide") status.textContent = say("arranged-hide", { name });
    else if (what === "show") status.textContent = say("arranged-show", { name });
    else status.textContent = say("arranged-moved", { name, place: placeOf(row), n });
  }
}

/** The page that answers says what is wrong, and shows what is true. @param {HTMLFormElement} form @param {Record<string, string>} change */
function failed(form, change) {
  for (const [name, value] of Object.entries(change)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  form.submit();
}

/** @param {HTMLElement} row @param {HTMLButtonElement} button */
function change(row, button) {
  if (button.name === "hide" || button.name === "show") {
    row.toggleAttribute("data-hidden", button.name === "hide");
    for (const other of row.querySelectorAll("[name=hide], [name=show]")) {
      if (!(other instanceof HTMLButtonElement)) continue;
      other.hidden = other.name === button.name;
      if (!other.hidden) other.focus();
    }
    return;
  }
  const other = button.name === "up" ? row.previousElementSibling : row.nextElementSibling;
  if (button.name === "up") other?.before(row);
  else other?.after(row);
  button.focus();
  button.scrollIntoView({ block: "nearest" });
}

/** @param {HTMLFormElement} form @param {Record<string, string>} change */
function post(form, change) {
  return fetch(form.action, { method: "POST", body: new URLSearchParams(change), redirect: "manual" });
}

/** The answer leads to the list, which is here already. @param {Response | undefined} answer */
function check(answer) {
  if (answer?.type !== "opaqueredirect") throw new Error(`${answer?.status}`);
}
