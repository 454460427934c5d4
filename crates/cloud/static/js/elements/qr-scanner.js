// <qr-scanner>: reads a recorder's QR code with the camera or from a photo, in browsers that can
// (BarcodeDetector). Elsewhere it stays hidden, and the phone's own camera app opens the same link.

import { ClaimForm } from "./claim-form.js";
import { say } from "../lib/say.js";

/** @typedef {{detect(source: ImageBitmapSource): Promise<{rawValue: string}[]>}} Detector */

const LOOK_EVERY_MS = 200;

export class QrScanner extends HTMLElement {
  /** @type {Detector | undefined} */
  #detector;
  /** @type {MediaStream | undefined} */
  #stream;

  async connectedCallback() {
    const Detector = /** @type {any} */ (globalThis).BarcodeDetector;
    const formats = (await Detector?.getSupportedFormats?.()) ?? [];
    if (!formats.includes("qr_code")) return;
    this.#detector = new Detector({ formats: ["qr_code"] });
    this.hidden = false;
    this.querySelector("[data-scan]")?.addEventListener("click", () => this.#scan());
    this.querySelector("input")?.addEventListener("change", (event) => this.#photo(event));
  }

  disconnectedCallback() {
    this.#stop();
  }

  async #scan() {
    const video = this.querySelector("video");
    if (!video || this.#stream) return;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      return this.#say(say("qr-no-camera"));
    }
    video.srcObject = this.#stream;
    video.hidden = false;
    await video.play();
    this.querySelector(".scan")?.classList.add("scan--live");
    while (this.#stream && !(await this.#look(video))) {
      await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
    }
    this.#stop();
  }

  /** @param {Event} event */
  async #photo({ target }) {
    const file = /** @type {HTMLInputElement} */ (target).files?.[0];
    const picture = file && (await createImageBitmap(file).catch(() => undefined));
    if (!picture || !(await this.#look(picture))) this.#say(say("qr-none"));
  }

  /** Whether the picture held a recorder's code. @param {ImageBitmapSource} source */
  async #look(source) {
    const [found] = (await this.#detector?.detect(source).catch(() => [])) ?? [];
    if (!found) return false;
    const form = document.querySelector("claim-form");
    const isRead = form instanceof ClaimForm && form.fill(found.rawValue);
    this.#say(say(isRead ? "qr-read" : "qr-wrong"));
    return isRead;
  }

  #stop() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = undefined;
    const video = this.querySelector("video");
    if (video) video.hidden = true;
    this.querySelector(".scan")?.classList.remove("scan--live");
  }

  /** @param {string} text */
  #say(text) {
    const status = this.querySelector("[role=status]");
    if (status) status.textContent = text;
  }
}
