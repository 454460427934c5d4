// <password-field>: its button, which only this script shows, shows and hides the typed password.

export class PasswordField extends HTMLElement {
  connectedCallback() {
    const [field, button] = [this.querySelector("input"), this.querySelector("button")];
    if (!field || !button?.hidden) return;
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", () => {
      const isShown = field.type === "password";
      field.type = isShown ? "text" : "password";
      button.textContent = (isShown ? button.dataset.hide : words) ?? "";
      button.setAttribute("aria-pressed", String(isShown));
    });
    // A shown password must not end up among the form's remembered texts.
    field.form?.addEventListener("submit", () => (field.type = "password"));
  }
}
