// <sound-link>: plays the file that its link leads to, instead of navigating to it.

export class SoundLink extends HTMLElement {
  connectedCallback() {
    const link = this.querySelector("a");
    if (!link) return;
    const sound = new Audio();
    sound.preload = "none";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      sound.src = link.href;
      sound.play().catch(() => window.open(link.href, "_blank", "noopener"));
    });
  }
}
