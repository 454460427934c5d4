// <copy-text>: a button that copies the text beside it.

export class CopyText extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const text = this.querySelector("code")?.textContent;
    // Without HTTPS browsers copy nothing; the text can still be selected.
    if (!button || !text || !navigator.clipboard) return;
    button.hidden = false;
    // Every button says "Copy": whoever hears the page needs to know what.
    button.setAttribute("aria-label", `${button.textContent}: ${text}`);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text);
      button.setAttribute("aria-label", `${button.dataset.done}: ${text}`);
      button.textContent = button.dataset.done ?? "";
    });
  }
}
