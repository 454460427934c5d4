// <arranged-list>: a form whose buttons move, hide and show the items of a list. Each button works at once and in
// place, so that focus and scroll position stay; without a script, or if that fails, the form is sent as a page.

import { say } from "../lib/say.js";

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
      this.#say(row, button.name);
      this.#sent = this.#sent.then(() => send(form, button)).catch(() => this.#failed(form, button));
    });
  }

  /** @param {HTMLElement} row @param {string} what */
  #say(row, what) {
    const status = this.querySelector("[role=status]");
    if (!status) return;
    const rows = [...(row.parentElement?.children ?? [])];
    const name = row.dataset.name ?? "";
    if (what === "hide") status.textContent = say("arranged-hide", { name });
    else if (what === "show") status.textContent = say("arranged-show", { name });
    else status.textContent = say("arranged-moved", { name, place: rows.indexOf(row) + 1, n: rows.length });
  }

  /** The page that answers says what is wrong, and shows what is true. @param {HTMLFormElement} form @param {HTMLButtonElement} button */
  #failed(form, button) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = button.name;
    field.value = button.value;
    form.append(field);
    form.submit();
  }
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

/** @param {HTMLFormElement} form @param {HTMLButtonElement} button */
async function send(form, button) {
  const body = new URLSearchParams({ [button.name]: button.value });
  // The answer leads to the list, which is here already.
  const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
  if (answer.type !== "opaqueredirect") throw new Error(`${answer.status}`);
}
