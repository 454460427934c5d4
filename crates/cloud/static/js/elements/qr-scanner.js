// <qr-scanner>: reads a recorder's QR code with the camera or from a photo: with the browser's BarcodeDetector or,
// without it, a module that is loaded when it is needed.

import { ClaimForm } from "./claim-form.js";
import { say } from "../lib/say.js";
import { drawn, loadDetector } from "../qr_detector.js";

/** @import {Detector} from "../qr_detector.js" */

const LOOK_EVERY_MS = 200;
/** Sides of the picture that is searched, one after another: a code that fills a sharp photo is found in a small one. */
const PHOTO_SIDES = [1600, 700];
const VIDEO_SIDE = 1000;

export class QrScanner extends HTMLElement {
  /** @type {Promise<Detector> | undefined} */
  #detector;
  /** @type {MediaStream | undefined} */
  #stream;

  connectedCallback() {
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
    this.#say(say("qr-searching"));
    while (this.#stream && !(await this.#look(video, VIDEO_SIDE))) {
      await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
    }
    this.#stop();
  }

  /** @param {Event} event */
  async #photo({ target }) {
    const field = /** @type {HTMLInputElement} */ (target);
    const file = field.files?.[0];
    if (!file) return;
    this.#say(say("qr-searching"));
    const picture = await createImageBitmap(file).catch(() => undefined);
    // The same photo can be chosen again.
    field.value = "";
    for (const side of picture ? PHOTO_SIDES : []) {
      if (picture && (await this.#look(picture, side))) return;
      if (this.#isWrong) return;
    }
    this.#say(say("qr-none"));
  }

  /** Whether the last picture held a code of something else. */
  #isWrong = false;

  /** Whether the picture held a recorder's code. @param {HTMLVideoElement | ImageBitmap} source @param {number} side */
  async #look(source, side) {
    this.#detector ??= loadDetector();
    const detector = await this.#detector.catch(() => undefined);
    if (!detector) {
      this.#detector = undefined;
      this.#say(say("qr-not-loaded"));
      this.#stop();
      return false;
    }
    const picture = drawn(source, side);
    const [found] = picture ? await detector.detect(picture).catch(() => []) : [];
    this.#isWrong = false;
    if (!found) return false;
    const form = document.querySelector("claim-form");
    const isRead = form instanceof ClaimForm && form.fill(found.rawValue);
    this.#isWrong = !isRead;
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
