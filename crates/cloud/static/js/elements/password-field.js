// <password-field>: adds a button that shows and hides the typed password.

import { say } from "../lib/say.js";

export class PasswordField extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input");
    if (!field || this.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = say("show");
    button.setAttribute("aria-label", say("show-password"));
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const isShown = field.type === "password";
      field.type = isShown ? "text" : "password";
      button.textContent = say(isShown ? "hide" : "show");
      button.setAttribute("aria-pressed", String(isShown));
    });
    // A shown password must not end up among the form's remembered texts.
    field.form?.addEventListener("submit", () => (field.type = "password"));
    this.append(button);
  }
}
