// <password-strength data-for="…">: shows how strong the password in a field is, while it is typed.

import { say } from "../lib/say.js";

/** By level, from 0 to 4. */
const WORDS = [
  () => say("strength-worst"),
  () => say("strength-weak"),
  () => say("strength-fair"),
  () => say("strength-good"),
  () => say("strength-strong"),
];

export class PasswordStrength extends HTMLElement {
  connectedCallback() {
    const field = document.getElementById(this.dataset.for ?? "");
    if (!(field instanceof HTMLInputElement)) return;
    const meter = document.createElement("div");
    meter.className = "meter";
    meter.append(document.createElement("i"));
    const words = document.createElement("p");
    words.className = "hint";
    words.setAttribute("role", "status");
    const show = async () => {
      // The list of words is fetched only where somebody chooses a password.
      const { strength } = await import("../lib/strength.js");
      const level = strength(field.value, ownWords(field));
      this.hidden = field.value === "";
      meter.dataset.level = String(level);
      words.textContent = this.hidden ? "" : (WORDS[level]?.() ?? "");
    };
    this.hidden = true;
    this.append(meter, words);
    field.addEventListener("input", show);
  }
}

/** @param {HTMLInputElement} field */
function ownWords(field) {
  const name = field.form?.querySelector("[autocomplete=username]");
  return ["peerview", name instanceof HTMLInputElement ? name.value : ""];
}
