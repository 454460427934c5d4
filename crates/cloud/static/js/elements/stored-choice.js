// <stored-choice name="…">: a select whose value is stored in this browser.

import { read, write } from "../person.js";

export class StoredChoice extends HTMLElement {
  connectedCallback() {
    const select = this.querySelector("select");
    const name = `peerview.${this.getAttribute("name")}`;
    if (!select) return;
    const stored = read(name);
    if ([...select.options].some(({ value }) => value === stored)) select.value = stored ?? "";
    select.disabled = false;
    select.addEventListener("change", () => write(name, select.value));
  }
}
