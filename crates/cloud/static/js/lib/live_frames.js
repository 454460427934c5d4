// Which frames of a tile count as live pictures, and for how long. A browser draws a black frame when a track ends,
// and may draw one while it is muted: neither is a picture of the camera.

/** No frame for so long, and the picture is no longer a live one. */
const STALE_MS = 4_000;
/** The same where nothing comes over the path of the call. */
const SILENT_MS = 1_000;

/** @typedef {{readyState: string, muted: boolean}} TrackLike */

export class LiveFrames {
  #track;
  #isHeld;
  /** Whether the newest came on the track. */
  #isVideo = false;
  #lastAt = -Infinity;

  /** @param {TrackLike | undefined} track Where pictures come as video. @param {boolean} isHeld Frames are those of another camera until the recorder says otherwise. */
  constructor(track, isHeld) {
    this.#track = track;
    this.#isHeld = isHeld;
  }

  /** The recorder says that the camera plays. */
  release() {
    this.#isHeld = false;
  }

  /** A frame is shown; says whether it is a picture of the camera. @param {number} now Milliseconds on any clock. @param {boolean} isVideo Else it was drawn. */
  take(now, isVideo) {
    if (this.#isHeld || (isVideo && !this.#isTrackLive)) return false;
    this.#isVideo = isVideo;
    this.#lastAt = now;
    return true;
  }

  /** Whether what is shown is a picture of the camera, new or old. */
  get hasPicture() {
    return this.#lastAt > -Infinity && (!this.#isVideo || this.#isTrackLive);
  }

  /** @param {number} now @param {boolean} [isSilent] Nothing comes over the path. */
  isFresh(now, isSilent = false) {
    return now - this.#lastAt < (isSilent ? SILENT_MS : STALE_MS);
  }

  get #isTrackLive() {
    return this.#track?.readyState === "live" && !this.#track.muted;
  }
}
