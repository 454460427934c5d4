// Frames of a video element: when one was shown, and one as a JPEG.

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
 * @param {HTMLVideoElement} video
 * @param {number} maxWidth
 * @param {number} quality From 0 to 1.
 * @returns {Promise<Blob | null>}
 */
export async function drawPicture(video, maxWidth, quality) {
  const { videoWidth, videoHeight } = video;
  if (!videoWidth || !videoHeight) return null;
  const scale = Math.min(1, maxWidth / videoWidth);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(videoWidth * scale);
  canvas.height = Math.round(videoHeight * scale);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}
