// <count-down data-seconds="…">: shows the remaining minutes and seconds; at the end its button shows
// data-ready.

export class CountDown extends HTMLElement {
  connectedCallback() {
    const end = performance.now() + Number(this.dataset.seconds) * 1_000;
    const timer = setInterval(() => {
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1_000));
      const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      this.textContent = clock;
      if (left === 0 && this.dataset.ready !== undefined) this.#end(this.dataset.ready);
      if (left === 0 || !this.isConnected) clearInterval(timer);
    }, 1_000);
  }

  /** @param {string} words */
  #end(words) {
    (this.closest("button") ?? this).textContent = words;
  }
}
