// <code-list data-of="…">: buttons that copy and print the list of this id.

export class CodeList extends HTMLElement {
  connectedCallback() {
    for (const button of this.querySelectorAll("button")) {
      button.hidden = button.dataset.does === "copy" && !navigator.clipboard;
      button.addEventListener("click", () => this.#does(button));
    }
  }

  /** @param {HTMLButtonElement} button */
  async #does(button) {
    if (button.dataset.does === "print") {
      window.print();
      return;
    }
    const list = document.getElementById(this.dataset.of ?? "");
    const codes = [...(list?.children ?? [])].map((code) => code.textContent?.trim());
    await navigator.clipboard.writeText(`${codes.join("\n")}\n`);
    button.textContent = button.dataset.done ?? "";
  }
}
