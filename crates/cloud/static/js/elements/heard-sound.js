// Which camera is heard: the selected one, while sound is on. A mark on its picture says so.

/** @import {LiveGrid} from "./live-grid.js" */

export class HeardSound {
  /** @type {Map<string, MediaStreamTrack>} */
  #sounds = new Map();
  #isOn = false;
  #audio = new Audio();
  #grid;
  #button;

  /** @param {LiveGrid} grid @param {HTMLButtonElement} button */
  constructor(grid, button) {
    this.#grid = grid;
    this.#button = button;
    button.addEventListener("click", () => this.#set(!this.#isOn));
    grid.addEventListener("selected", () => this.#listen());
    grid.addEventListener("audio", (event) => {
      const { serial, track } = /** @type {CustomEvent} */ (event).detail;
      this.#sounds.set(serial, track);
      this.#listen();
    });
  }

  /** @param {boolean} isOn */
  #set(isOn) {
    this.#isOn = isOn;
    this.#button.setAttribute("aria-pressed", String(isOn));
    this.#listen();
  }

  #listen() {
    const tile = this.#grid.selected;
    const isOn = this.#isOn && tile !== undefined;
    this.#mark(isOn ? tile : undefined);
    this.#grid.watching.listen(isOn ? tile.serial : null, isOn ? tile.camera : null);
    const track = isOn ? this.#sounds.get(tile.serial) : undefined;
    const stream = this.#audio.srcObject;
    if (!track) {
      this.#audio.srcObject = null;
    } else if (!(stream instanceof MediaStream) || stream.getTracks()[0] !== track) {
      this.#audio.srcObject = new MediaStream([track]);
      this.#audio.play().catch(() => this.#set(false));
    }
  }

  /** @param {HTMLElement | undefined} tile */
  #mark(tile) {
    const mark = this.#grid.querySelector(".tile__heard");
    if (!(mark instanceof HTMLElement)) return;
    mark.hidden = !tile;
    if (tile && mark.parentElement !== tile) tile.append(mark);
  }
}
