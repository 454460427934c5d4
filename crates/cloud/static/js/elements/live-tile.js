// <live-tile>: one camera on the screen: its video, poster, name, path, and words for what is wrong.
// Frames are the truth about "playing"; what the recorder says explains why there are none.

import { PictureCanvas } from "../decoders.js";
import { LiveFrames } from "../lib/live_frames.js";
import { say } from "../lib/say.js";
import { isMendable, tileWords } from "../lib/words.js";
import { drawPicture, watchFrames } from "../picture.js";
import { TilePoster } from "../tile_poster.js";

/** @import {Picture} from "../lib/pictures.js" */
/** @import {Path} from "../lib/stats.js" */
/** @import {Reason, TileState} from "../lib/words.js" */

const SETTLED = new Set(["waiting", "playing"]);
/** So long a tile says that it connects; a camera that wakes up takes less. */
const PATIENCE_MS = 20_000;

export class LiveTile extends HTMLElement {
  /** @type {HTMLVideoElement | undefined} */
  #video;
  /** Pictures that do not come as video. @type {PictureCanvas | undefined} */
  #pictures;
  /** @type {TileState} What the recorder or the call last said. */
  #told = "waiting";
  /** @type {Reason | undefined} Why there is no picture, if the recorder's end said so. */
  #reason;
  #frames = new LiveFrames(undefined, false);
  /** Since when it is in its state, or was told the same again. */
  #shownAt = performance.now();
  /** Once on the page. @type {TilePoster | undefined} */
  #poster;

  connectedCallback() {
    const open = this.#button(".tile__open");
    if (open.onclick) return;
    // The keyboard has no double tap.
    open.onclick = ({ detail }) => this.#tell(detail === 0 ? "tile-enlarge" : "tile-select");
    open.addEventListener("dblclick", () => this.#tell("tile-enlarge"));
    this.#button(".tile__retry").addEventListener("click", () => this.#tell("tile-again"));
    this.#poster = new TilePoster(this.querySelector(".tile__poster"), this.serial, this.camera);
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
    // The Tab key stops at the button above it; in Firefox also at a video.
    video.tabIndex = -1;
    video.srcObject = new MediaStream([track]);
    this.#video = this.above(video);
    this.#frames = new LiveFrames(track, isReused);
    watchFrames(video, () => video === this.#video && this.#frame("on"));
    video.play().catch(() => {});
  }

  /** Shows a picture that came over a data channel. @param {Picture} picture */
  draw(picture) {
    if (picture.codec === "still") return this.isPlaying ? undefined : this.#poster?.still(picture.data);
    this.#pictures ??= new PictureCanvas(this, () => this.#frame("drawn"), (state) => this.setState(state));
    this.#pictures.show(picture);
  }

  /** Puts a picture above the poster, which is painted over what stands before it. @template {Element} T @param {T} picture */
  above(picture) {
    this.querySelector(".tile__poster")?.after(picture);
    return picture;
  }

  /** Leaves the screen. */
  stop() {
    this.letGo();
    this.setState("waiting");
  }

  /** Its video is about to end; the last picture stays as the poster. */
  letGo() {
    this.#keepPoster();
    this.#removeVideo();
    if (this.isPlaying) this.#show("waiting");
  }

  /** @param {TileState} state @param {Reason} [reason] */
  setState(state, reason) {
    this.#shownAt = performance.now();
    this.#told = state;
    this.#reason = reason;
    this.toggleAttribute("data-mendable", isMendable(state, reason));
    if (state === "playing") {
      this.#frames.release();
      // Whether it does play is for its frames to say.
      if (!this.isPlaying) this.#show("waiting");
    } else if (state !== "waiting" || !this.isPlaying || !this.#frames.isFresh(performance.now())) {
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

  /** Called about once a second while on the screen. @param {boolean} isSilent Nothing comes over the path of its call. */
  tick(isSilent) {
    const { state } = this.dataset;
    if (state === "waiting" && !this.#reason && performance.now() - this.#shownAt > PATIENCE_MS) this.#show("slow");
    if (!this.isPlaying) return;
    const isFresh = this.#frames.isFresh(performance.now(), isSilent);
    if (!isFresh) this.#show("waiting", "still");
    // What stands still is the last picture for a while.
    if (!isFresh || this.#poster?.isDue) this.#keepPoster();
  }

  /** The picture as it is now, whole size. @returns {Promise<Blob | null>} */
  async capture() {
    const source = this.isPlaying ? this.#source : undefined;
    return source ? drawPicture(source, Infinity, 0.92) : null;
  }

  /** What shows the newest picture, if it is one. */
  get #source() {
    if (!this.#frames.hasPicture) return undefined;
    return this.dataset.picture === "drawn" ? this.#pictures?.canvas : this.#video;
  }

  /** @param {"on" | "drawn"} where In the video or in the canvas: the newest picture is above. */
  #frame(where) {
    if (!this.#frames.take(performance.now(), where === "on") || !SETTLED.has(this.#told)) return;
    if (this.dataset.picture !== where) this.dataset.picture = where;
    if (this.isPlaying) return;
    this.#show("playing");
    performance.mark("peerview:first-frame", { detail: { serial: this.serial, camera: this.camera } });
    this.#poster?.begin(() => this.#keepPoster());
  }

  /** @param {TileState} state @param {TileState} [said] What its words are about, if not the same. */
  #show(state, said = state) {
    const text = this.querySelector(".tile__words");
    const words = tileWords(said, this.#reason);
    // Only what changed: a screen reader says it again otherwise.
    if (text && text.textContent !== words) text.textContent = words;
    if (this.dataset.state === state) return;
    this.#shownAt = performance.now();
    this.dataset.state = state;
    this.#button(".tile__retry").hidden = !this.toggleAttribute("data-trouble", !SETTLED.has(state));
    if (state !== "playing") this.setPath(undefined);
  }

  #removeVideo() {
    if (this.#video) this.#video.srcObject = null;
    this.#video?.remove();
    this.#pictures?.close();
    this.#video = this.#pictures = undefined;
    this.#frames = new LiveFrames(undefined, false);
    delete this.dataset.picture;
  }

  #keepPoster() {
    const source = this.#source;
    if (source) void this.#poster?.keep(source);
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
