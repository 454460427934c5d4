// Frames of a video element: when one was shown, and one of it or of a canvas as a JPEG.

/** Calls `onFrame` for every frame that the browser shows. @param {HTMLVideoElement} video @param {() => void} onFrame */
export function watchFrames(video, onFrame) {
  if (!("requestVideoFrameCallback" in video)) {
    /** @type {HTMLVideoElement} */ (video).addEventListener("timeupdate", onFrame);
    return;
  }
  const next = () => {
    if (!video.srcObject) return;
    onFrame();
    video.requestVideoFrameCallback(next);
  };
  video.requestVideoFrameCallback(next);
}

/**
 * @param {HTMLVideoElement | HTMLCanvasElement} source
 * @param {number} maxWidth
 * @param {number} quality From 0 to 1.
 * @returns {Promise<Blob | null>}
 */
export async function drawPicture(source, maxWidth, quality) {
  const isVideo = source instanceof HTMLVideoElement;
  const [width, height] = isVideo ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
  if (!width || !height) return null;
  const scale = Math.min(1, maxWidth / width);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")?.drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}
