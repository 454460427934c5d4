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

/** Absent where the page did not come over HTTPS. */
async function openCamera() {
  return navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
}

export class QrScanner extends HTMLElement {
  /** @type {Promise<Detector> | undefined} */
  #detector;
  /** @type {MediaStream | undefined} */
  #stream;
  /** The browser asks whether the camera may be used. */
  #isAsking = false;
  /** What the button says while nothing is scanned. */
  #scanWords = "";

  connectedCallback() {
    this.hidden = false;
    this.#scanWords = this.#label?.textContent ?? "";
    this.querySelector("[data-scan]")?.addEventListener("click", () => {
      if (!this.#stream) return this.#scan();
      this.#stop();
      this.querySelector("[role=status]")?.replaceChildren();
    });
    this.querySelector("input")?.addEventListener("change", (event) => this.#photo(event));
  }

  disconnectedCallback() {
    this.#stop();
  }

  get #label() {
    return this.querySelector("[data-scan] span");
  }

  async #scan() {
    const video = this.querySelector("video");
    if (!video || this.#isAsking) return;
    this.#isAsking = true;
    const stream = await openCamera().catch(() => undefined);
    this.#isAsking = false;
    if (!stream) return this.#say(say("qr-no-camera"));
    this.#stream = stream;
    if (this.#label) this.#label.textContent = this.querySelector("[data-scan]")?.getAttribute("data-stop") ?? "";
    this.#say(say("qr-searching"));
    video.srcObject = stream;
    video.hidden = false;
    this.querySelector(".scan")?.classList.add("scan--live");
    // Stopped before it began.
    await video.play().catch(() => {});
    while (this.#stream === stream && !(await this.#look(video, VIDEO_SIDE))) {
      await new Promise((resume) => setTimeout(resume, LOOK_EVERY_MS));
    }
    if (this.#stream === stream) this.#stop();
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
    if (this.#label) this.#label.textContent = this.#scanWords;
    this.querySelector(".scan")?.classList.remove("scan--live");
  }

  /** @param {string} text */
  #say(text) {
    const status = this.querySelector("[role=status]");
    if (status) status.textContent = text;
  }
}
