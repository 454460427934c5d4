// <live-tools>: what can be done with the selected camera: capture, sound, quality, full screen.

import { read, write } from "../person.js";
import { LiveGrid } from "./live-grid.js";

const QUALITY = "peerview.quality";

export class LiveTools extends HTMLElement {
  /** @type {Map<string, MediaStreamTrack>} */
  #sounds = new Map();
  #isSoundOn = false;
  #audio = new Audio();

  connectedCallback() {
    this.#tool("capture")?.addEventListener("click", () => this.#capture());
    this.#tool("sound")?.addEventListener("click", () => this.#setSound(!this.#isSoundOn));
    this.#tool("full-screen")?.addEventListener("click", () => this.#fullScreen());
    this.#grid.addEventListener("selected", () => this.#listen());
    this.#grid.addEventListener("audio", (event) => {
      const { serial, track } = /** @type {CustomEvent} */ (event).detail;
      this.#sounds.set(serial, track);
      this.#listen();
    });
    this.#startQuality();
    const fullScreen = this.#tool("full-screen");
    if (fullScreen) fullScreen.hidden = !document.fullscreenEnabled;
  }

  get #grid() {
    return /** @type {LiveGrid} */ (this.closest("live-grid"));
  }

  #startQuality() {
    const select = this.querySelector("select");
    if (!select) return;
    const apply = () => {
      this.#grid.setQuality(/** @type {"auto" | "main" | "sub"} */ (select.value));
      const label = this.querySelector("[data-quality]");
      if (label) label.textContent = select.selectedOptions[0]?.textContent ?? "";
    };
    const stored = read(QUALITY);
    if ([...select.options].some(({ value }) => value === stored)) select.value = stored ?? "auto";
    if (select.value !== "auto") apply();
    select.addEventListener("change", () => {
      write(QUALITY, select.value);
      apply();
    });
  }

  async #capture() {
    const tile = this.#grid.selected;
    const picture = await tile?.capture();
    if (!tile || !picture) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(picture);
    const time = new Date().toISOString().slice(0, 19).replaceAll(":", ".").replace("T", " ");
    link.download = `${tile.dataset.name} ${time}.jpg`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  /** @param {boolean} isOn */
  #setSound(isOn) {
    this.#isSoundOn = isOn;
    const button = this.#tool("sound");
    button?.setAttribute("aria-pressed", String(isOn));
    this.#listen();
  }

  /** The selected camera is the one that is heard. */
  #listen() {
    const tile = this.#grid.selected;
    const isOn = this.#isSoundOn && tile !== undefined;
    this.#grid.watching.listen(isOn ? tile.serial : null, isOn ? tile.camera : null);
    const track = isOn ? this.#sounds.get(tile.serial) : undefined;
    const stream = this.#audio.srcObject;
    if (!track) {
      this.#audio.srcObject = null;
    } else if (!(stream instanceof MediaStream) || stream.getTracks()[0] !== track) {
      this.#audio.srcObject = new MediaStream([track]);
      this.#audio.play().catch(() => this.#setSound(false));
    }
  }

  async #fullScreen() {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await this.#grid.requestFullscreen().catch(() => {});
  }

  /** @param {string} name @returns {HTMLButtonElement | null} */
  #tool(name) {
    return this.querySelector(`[data-tool="${name}"]`);
  }
}
