// <lock-settings>: turns the app lock of this browser on and off, and sets its time-out and its
// passkey.

import { AppLock, MAX_DIGITS, MIN_DIGITS } from "../lib/app_lock.js";
import { textOf } from "../lib/passkey.js";
import { say } from "../lib/say.js";

export class LockSettings extends HTMLElement {
  #lock = new AppLock(localStorage);

  connectedCallback() {
    // WebCrypto exists only where nobody in between can change the page.
    if (!globalThis.crypto?.subtle) return this.#says(say("app-lock-insecure"));
    this.#on("turn-on", (form) => this.#turnOn(form));
    this.#on("turn-off", (form) => this.#turnOff(form));
    const minutes = this.querySelector("#minutes-now");
    minutes?.addEventListener("change", () => {
      if (minutes instanceof HTMLSelectElement) this.#lock.change({ minutes: Number(minutes.value) });
    });
    this.querySelector("[data-passkey]")?.addEventListener("click", () => this.#addPasskey());
    this.#show();
  }

  /** @param {string} name @param {(form: HTMLFormElement) => Promise<void>} run */
  #on(name, run) {
    const form = this.querySelector(`form[data-does="${name}"]`);
    if (!(form instanceof HTMLFormElement)) return;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(form);
    });
  }

  #show() {
    const { row } = this.#lock;
    for (const part of this.querySelectorAll("[data-when]")) {
      if (part instanceof HTMLElement) part.hidden = part.dataset.when !== (row ? "on" : "off");
    }
    const minutes = this.querySelector("#minutes-now");
    if (row && minutes instanceof HTMLSelectElement) minutes.value = String(row.minutes);
    const has = this.querySelector("[data-has-passkey]");
    if (has instanceof HTMLElement) has.hidden = !row?.passkey;
  }

  /** @param {HTMLFormElement} form */
  async #turnOn(form) {
    const { pin, again, minutes } = Object.fromEntries(new FormData(form));
    const typed = String(pin);
    if (!new RegExp(`^\\d{${MIN_DIGITS},${MAX_DIGITS}}$`).test(typed)) return this.#says(say("app-lock-digits"));
    if (typed !== again) return this.#says(say("app-lock-differs"));
    await this.#lock.turnOn(typed, Number(minutes));
    form.reset();
    this.#says(say("app-lock-is-on"), true);
    this.#show();
  }

  /** Whoever picked the phone up must not turn it off. @param {HTMLFormElement} form */
  async #turnOff(form) {
    const field = form.querySelector("input");
    const left = await this.#lock.try(field?.value ?? "");
    form.reset();
    if (left === Number.POSITIVE_INFINITY) {
      this.#lock.turnOff();
      this.#says(say("app-lock-is-off"), true);
      return this.#show();
    }
    // The lock screen goes on counting, and signs out.
    if (left <= 0) return location.assign("/locked#/configuration/lock");
    this.#says(say("app-lock-wrong", { n: left }));
    field?.focus();
  }

  async #addPasskey() {
    const challenge = crypto.getRandomValues(new Uint8Array(32));
    try {
      const found = await navigator.credentials.get({ publicKey: { challenge, userVerification: "required" } });
      if (!(found instanceof PublicKeyCredential)) return;
      this.#lock.change({ passkey: textOf(found.rawId) });
      this.#says(say("app-lock-passkey-on"), true);
      this.#show();
    } catch {
      this.#says(say("app-lock-passkey-none"));
    }
  }

  /** @param {string} words @param {boolean} [isGood] */
  #says(words, isGood = false) {
    const place = this.querySelector("[data-says]");
    if (!(place instanceof HTMLElement)) return;
    place.hidden = false;
    place.className = isGood ? "note ok" : "note bad";
    place.textContent = words;
  }
}
