// <app-menu>: shows its menu as a drawer when the bar's menu button is used. Without this script
// that button leads to the page /menu.

export class AppMenu extends HTMLElement {
  /** @type {HTMLDialogElement | undefined} */
  #drawer;

  connectedCallback() {
    const button = document.querySelector(".bar__menu");
    button?.setAttribute("aria-haspopup", "dialog");
    button?.addEventListener("click", (event) => {
      event.preventDefault();
      this.#open();
    });
  }

  #open() {
    const drawer = (this.#drawer ??= this.#make());
    if (!drawer.open) drawer.showModal();
  }

  #make() {
    const drawer = document.createElement("dialog");
    drawer.className = "drawer";
    drawer.setAttribute("aria-label", this.querySelector("nav")?.getAttribute("aria-label") ?? "");
    drawer.append(...[...this.children].map((child) => child.cloneNode(true)));
    // A click that hits the dialog itself is one beside its content.
    drawer.addEventListener("click", (event) => {
      if (event.target === drawer) drawer.close();
    });
    document.body.append(drawer);
    return drawer;
  }
}
