// <button-token>: moves the token behind # of the mailed link into its field, hides the field, and
// removes the token from the address, where it could be copied by mistake.

export class ButtonToken extends HTMLElement {
  connectedCallback() {
    // A link that is pasted while the page is shown loads no page.
    addEventListener("hashchange", this.#fill);
    this.#fill();
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.#fill);
  }

  #fill = () => {
    const field = this.querySelector("input");
    const token = location.hash.slice(1);
    if (!field || !/^[0-9A-Za-z]{20,40}$/.test(token)) return;
    field.value = token;
    this.hidden = true;
    history.replaceState(null, "", location.pathname);
  };
}
