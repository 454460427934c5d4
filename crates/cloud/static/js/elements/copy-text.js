// <copy-text>: a button that copies the text beside it.

export class CopyText extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    const code = this.querySelector("code");
    const text = code?.textContent;
    // Without HTTPS browsers copy nothing; the text can still be selected.
    if (!button || !code || !text || !navigator.clipboard) return;
    button.hidden = false;
    // Every button says "Copy": whoever hears the page needs to know what.
    button.setAttribute("aria-label", `${button.textContent}: ${text}`);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        // Not allowed to: then it is selected for the person's own way of copying.
        getSelection()?.selectAllChildren(code);
        return;
      }
      button.setAttribute("aria-label", `${button.dataset.done}: ${text}`);
      button.textContent = button.dataset.done ?? "";
    });
  }
}
