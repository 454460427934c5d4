// Finds QR codes in pictures: the browser's own BarcodeDetector, or else a module with the same interface.

/** @typedef {{detect(source: HTMLCanvasElement): Promise<{rawValue: string}[]>}} Detector */

const MODULE = "../vendor/qr-0.7.0/decode.js";

/** @returns {Promise<Detector>} */
export async function loadDetector() {
  const { BarcodeDetector: Own } = /** @type {any} */ (globalThis);
  const formats = (await Own?.getSupportedFormats?.().catch(() => [])) ?? [];
  const Detector = formats.includes("qr_code") ? Own : (await import(MODULE)).BarcodeDetector;
  return new Detector({ formats: ["qr_code"] });
}

/**
 * The picture on a canvas whose longer side has at most `side` pixels; nothing before a video has its first picture.
 * @param {HTMLVideoElement | ImageBitmap} source
 * @param {number} side
 */
export function drawn(source, side) {
  const [width, height] =
    source instanceof HTMLVideoElement ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
  const scale = Math.min(1, side / Math.max(width, height, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context || canvas.width === 0 || canvas.height === 0) return undefined;
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}
