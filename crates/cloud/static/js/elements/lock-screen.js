// <lock-screen>: asks for the PIN of this browser, or its passkey, and leads back. Five wrong PINs sign out.

import { AppLock, wayBack } from "../lib/app_lock.js";
import { bytesOf } from "../lib/base64url.js";
import { say } from "../lib/say.js";

export class LockScreen extends HTMLElement {
  #lock = new AppLock(localStorage);
  #isBusy = false;

  connectedCallback() {
    // Opened in another tab, or by hand.
    if (!this.#lock.row) return this.#leave();
    if (this.#lock.isUsedUp) this.#logOut();
    const form = this.querySelector("form");
    form?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#try(form);
    });
    const passkey = this.querySelector("[data-passkey]");
    if (!(passkey instanceof HTMLButtonElement) || !this.#lock.row.passkey) return;
    passkey.hidden = false;
    passkey.addEventListener("click", () => this.#asks());
  }

  /** @param {HTMLFormElement} form */
  async #try(form) {
    const field = form.querySelector("input");
    if (!field || !field.value || this.#isBusy) return;
    this.#isBusy = true;
    const left = await this.#lock.try(field.value);
    this.#isBusy = false;
    if (left === Number.POSITIVE_INFINITY) return this.#leave();
    field.value = "";
    if (left > 0) {
      this.#says(say("app-lock-wrong", { n: left }));
      field.focus();
      return;
    }
    await this.#logOut();
  }

  /** What this browser keeps goes with the session, as at Log out. The lock stays until then. */
  async #logOut() {
    this.#says(say("app-lock-out"));
    const out = this.querySelector("form[action='/logout']");
    const { logOutBy } = await import("../erasing.js");
    if (out instanceof HTMLFormElement) await logOutBy(out);
  }

  async #asks() {
    const id = this.#lock.row?.passkey;
    if (!id) return;
    const challenge = crypto.getRandomValues(new Uint8Array(32));
    const allowCredentials = [{ type: /** @type {const} */ ("public-key"), id: bytesOf(id) }];
    try {
      await navigator.credentials.get({ publicKey: { challenge, allowCredentials, userVerification: "required" } });
    } catch {
      return this.#says(say("app-lock-passkey-failed"));
    }
    this.#lock.open();
    this.#leave();
  }

  #leave() {
    location.replace(wayBack(location.hash, location.origin));
  }

  /** @param {string} words */
  #says(words) {
    const place = this.querySelector("[role='alert']");
    if (!(place instanceof HTMLElement)) return;
    place.hidden = false;
    place.textContent = words;
  }
}
