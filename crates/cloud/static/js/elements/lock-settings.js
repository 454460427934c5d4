// <lock-settings>: turns the app lock of this browser on and off, and sets its time-out and its passkey. Every change
// needs the PIN.

import { AppLock, MAX_DIGITS, MIN_DIGITS } from "../lib/app_lock.js";
import { textOf } from "../lib/base64url.js";
import { say } from "../lib/say.js";

export class LockSettings extends HTMLElement {
  #lock = new AppLock(localStorage);
  #isBusy = false;

  connectedCallback() {
    // WebCrypto exists only where nobody in between can change the page.
    if (!globalThis.crypto?.subtle) return this.#says(say("app-lock-insecure"));
    this.#on("turn-on", (form) => this.#turnOn(form));
    this.#on("change", (form, what) => this.#change(form, what));
    this.#show();
  }

  /** @param {string} name @param {(form: HTMLFormElement, what: string) => Promise<void>} run Gets the value of the pressed button. */
  #on(name, run) {
    const form = this.querySelector(`form[data-does="${name}"]`);
    if (!(form instanceof HTMLFormElement)) return;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(form, event.submitter?.getAttribute("value") ?? "");
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

  /** Whoever picked the phone up must not weaken it. @param {HTMLFormElement} form @param {string} what */
  async #change(form, what) {
    const field = form.querySelector("input");
    if (!field || this.#isBusy) return;
    this.#isBusy = true;
    const left = await this.#lock.try(field.value);
    this.#isBusy = false;
    field.value = "";
    // The lock screen signs out.
    if (left <= 0) return location.replace("/locked#/configuration/lock");
    if (left !== Number.POSITIVE_INFINITY) {
      this.#says(say("app-lock-wrong", { n: left }));
      return field.focus();
    }
    if (what === "passkey") return this.#addPasskey();
    if (what === "off" && this.#lock.turnOff()) this.#says(say("app-lock-is-off"), true);
    if (what === "minutes" && this.#lock.change({ minutes: this.#minutes })) this.#says(say("app-lock-saved"), true);
    this.#show();
  }

  get #minutes() {
    const chosen = this.querySelector("#minutes-now");
    return chosen instanceof HTMLSelectElement ? Number(chosen.value) : 1;
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
