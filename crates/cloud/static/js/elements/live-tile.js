// <live-tile>: one camera on the screen: its video, poster, name, path, and words for what is wrong.
// Frames are the truth about "playing"; what the recorder says explains why there are none.

import { PictureCanvas } from "../decoders.js";
import { posterKey } from "../lib/posters.js";
import { say } from "../lib/say.js";
import { isMendable, tileWords } from "../lib/words.js";
import { posters } from "../person.js";
import { drawPicture, watchFrames } from "../picture.js";

/** @import {Picture} from "../lib/pictures.js" */
/** @import {Path} from "../lib/stats.js" */
/** @import {Reason, TileState} from "../lib/words.js" */

/** No frame for so long, and the picture is no longer a live one. */
const STALE_MS = 4_000;
const [POSTER_WIDTH, POSTER_EVERY_MS] = [320, 30_000];
const SETTLED = new Set(["waiting", "playing"]);

export class LiveTile extends HTMLElement {
  /** @type {HTMLVideoElement | undefined} */
  #video;
  /** Pictures that do not come as video. @type {PictureCanvas | undefined} */
  #pictures;
  /** @type {TileState} What the recorder or the call last said. */
  #told = "waiting";
  /** @type {Reason | undefined} Why there is no picture, if the recorder's end said so. */
  #reason;
  /** In a slot that carried another camera, frames count only once the recorder says so. */
  #isHeld = false;
  #lastFrameAt = 0;
  #posterAt = 0;

  connectedCallback() {
    const open = this.#button(".tile__open");
    // The keyboard has no double tap.
    open.addEventListener("click", ({ detail }) => this.#tell(detail === 0 ? "tile-enlarge" : "tile-select"));
    open.addEventListener("dblclick", () => this.#tell("tile-enlarge"));
    this.#button(".tile__retry").addEventListener("click", () => this.#tell("tile-again"));
    this.#showPoster();
  }

  get serial() {
    return this.dataset.serial ?? "";
  }
  get camera() {
    return this.dataset.camera ?? "";
  }
  get isPlaying() {
    return this.dataset.state === "playing";
  }

  /** @param {MediaStreamTrack} track @param {boolean} isReused */
  play(track, isReused) {
    this.#removeVideo();
    const video = document.createElement("video");
    video.muted = video.autoplay = video.playsInline = video.disablePictureInPicture = true;
    video.setAttribute("aria-label", this.dataset.name ?? "");
    video.srcObject = new MediaStream([track]);
    this.#video = this.above(video);
    this.#isHeld = isReused;
    this.#lastFrameAt = 0;
    watchFrames(video, () => video === this.#video && this.#frame("on"));
    video.play().catch(() => {});
  }

  /** Shows a picture that came over a data channel. @param {Picture} picture */
  draw(picture) {
    this.#pictures ??= new PictureCanvas(this, () => this.#frame("drawn"), (state) => this.setState(state));
    this.#pictures.show(picture);
  }

  /** Puts a picture above the poster, which is painted over what stands before it. @template {Element} T @param {T} picture */
  above(picture) {
    this.querySelector(".tile__poster")?.after(picture);
    return picture;
  }

  /** Leaves the screen; the last picture stays as the poster. */
  stop() {
    // Draws before its first wait, so the video may go at once.
    void this.#keepPoster();
    this.#removeVideo();
    this.setPath(undefined);
    this.setState("waiting");
  }

  /** @param {TileState} state @param {Reason} [reason] */
  setState(state, reason) {
    this.#told = state;
    this.#reason = reason;
    this.toggleAttribute("data-mendable", isMendable(state, reason));
    if (state === "playing") {
      this.#isHeld = false;
      // Whether it does play is for its frames to say.
      if (!this.isPlaying) this.#show("waiting");
    } else if (state !== "waiting" || !this.isPlaying || !this.#hasFreshFrame()) {
      this.#show(state);
    }
  }

  /** @param {Path | undefined} path */
  setPath(path) {
    const label = this.querySelector(".tile__path");
    const isShown = path !== undefined && this.isPlaying;
    if (label instanceof HTMLElement) label.hidden = !isShown;
    if (!path || !isShown) {
      delete this.dataset.path;
      delete this.dataset.rtt;
      return;
    }
    this.dataset.path = path.path;
    this.dataset.rtt = String(path.rttMs ?? "");
    const details = [path.over?.toUpperCase(), path.rttMs && `${path.rttMs} ms`];
    if (label) label.textContent = [say(path.path), ...details].filter(Boolean).join(" · ");
  }

  /** Called about once a second while on the screen. */
  tick() {
    if (this.isPlaying && !this.#hasFreshFrame()) this.#show("waiting");
    if (this.isPlaying && performance.now() - this.#posterAt > POSTER_EVERY_MS) void this.#keepPoster();
  }

  /** The picture as it is now, whole size. @returns {Promise<Blob | null>} */
  async capture() {
    return this.#draws(Infinity, 0.92);
  }

  /** What shows the newest picture, as a JPEG. @param {number} maxWidth @param {number} quality */
  #draws(maxWidth, quality) {
    const source = this.dataset.picture === "drawn" ? this.#pictures?.canvas : this.#video;
    return source && this.isPlaying ? drawPicture(source, maxWidth, quality) : null;
  }

  /** @param {"on" | "drawn"} where In the video or in the canvas: the newest picture is above. */
  #frame(where) {
    if (this.#isHeld) return;
    this.#lastFrameAt = performance.now();
    if (!SETTLED.has(this.#told)) return;
    if (this.dataset.picture !== where) this.dataset.picture = where;
    if (this.isPlaying) return;
    this.#show("playing");
    performance.mark("peerview:first-frame", { detail: { serial: this.serial, camera: this.camera } });
    // Kept soon, so that even a short look leaves a poster.
    this.#posterAt = performance.now() - POSTER_EVERY_MS + 2_000;
  }

  #hasFreshFrame() {
    return this.#lastFrameAt > 0 && performance.now() - this.#lastFrameAt < STALE_MS;
  }

  /** @param {TileState} state */
  #show(state) {
    const text = this.querySelector(".tile__words");
    const words = tileWords(state, this.#reason);
    // Only what changed: a screen reader says it again otherwise.
    if (text && text.textContent !== words) text.textContent = words;
    if (this.dataset.state === state) return;
    this.dataset.state = state;
    this.#button(".tile__retry").hidden = !this.toggleAttribute("data-trouble", !SETTLED.has(state));
    if (state !== "playing") this.setPath(undefined);
  }

  #removeVideo() {
    if (this.#video) this.#video.srcObject = null;
    this.#video?.remove();
    this.#pictures?.close();
    this.#video = this.#pictures = undefined;
    delete this.dataset.picture;
  }

  async #keepPoster() {
    const drawing = this.#draws(POSTER_WIDTH, 0.75);
    if (drawing) this.#posterAt = performance.now();
    const picture = await drawing;
    if (!picture) return;
    await posters.put(posterKey(this.serial, this.camera), picture);
    await this.#showPoster();
  }

  async #showPoster() {
    const image = this.querySelector(".tile__poster");
    const picture = await posters.get(posterKey(this.serial, this.camera));
    if (!picture || !(image instanceof HTMLImageElement)) return;
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(picture);
    image.hidden = false;
  }

  /** @param {string} type */
  #tell(type) {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true }));
  }

  /** @param {string} selector @returns {HTMLButtonElement} */
  #button(selector) {
    return /** @type {HTMLButtonElement} */ (this.querySelector(selector));
  }
}
