// <setup-code>: fills in the code behind # in the printed link, which is never sent to a server.

export class SetupCode extends HTMLElement {
  connectedCallback() {
    // A link that is pasted while the page is shown loads no page.
    addEventListener("hashchange", this.#fill);
    this.#fill();
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.#fill);
  }

  #fill = () => {
    const code = location.hash.slice(1);
    const field = this.querySelector("input");
    if (!code || code === "content" || !field) return;
    // It is a secret: out of the address bar and the history at once.
    history.replaceState(null, "", location.pathname);
    field.value = code;
    this.hidden = !this.querySelector("[role=alert]");
  };
}
