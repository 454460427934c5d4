// <code-field data-digits>: keeps only the digits of what is typed or pasted into its field, in any
// script and with any spaces. The field's maxlength is far longer, so that nothing is cut off before.

import { digits } from "../lib/typed.js";

export class CodeField extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", this.#tidy);
    // Input methods change what is being composed; it is read when they are done.
    this.addEventListener("compositionend", this.#tidy);
  }

  /** @param {Event} event */
  #tidy = (event) => {
    const field = this.querySelector("input");
    if (!field || (event instanceof InputEvent && event.isComposing)) return;
    const kept = digits(field.value).slice(0, Number(this.dataset.digits));
    if (kept === field.value) return;
    const before = digits(field.value.slice(0, field.selectionStart ?? field.value.length)).length;
    field.value = kept;
    field.setSelectionRange(before, before);
  };
}
