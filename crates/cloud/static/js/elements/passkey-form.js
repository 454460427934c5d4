// <passkey-form data-options="…" data-host="…" [data-makes] [data-fills]>: asks the browser for a
// passkey and sends its form with the result. With data-fills the browser also offers passkeys
// where a name is typed.

import { creationOptions, credentialText, isAt, reasonOf, requestOptions } from "../lib/passkey.js";

export class PasskeyForm extends HTMLElement {
  /** @type {AbortController | undefined} */
  #waiting;

  connectedCallback() {
    const form = this.querySelector("form");
    if (!form) return;
    const trouble = this.#trouble();
    if (trouble) {
      this.#say(trouble);
      for (const button of form.querySelectorAll("button")) button.disabled = true;
      return;
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask(form, undefined);
    });
    if (this.dataset.fills !== undefined) this.#offer(form);
  }

  disconnectedCallback() {
    this.#waiting?.abort();
  }

  #trouble() {
    if (!isAt(this.dataset.host ?? "", location.hostname)) return "elsewhere";
    return window.PublicKeyCredential ? undefined : "unsupported";
  }

  /** @param {HTMLFormElement} form */
  async #offer(form) {
    if (await window.PublicKeyCredential.isConditionalMediationAvailable?.()) this.#ask(form, "conditional");
  }

  /** @param {HTMLFormElement} form @param {"conditional" | undefined} mediation */
  async #ask(form, mediation) {
    // One ceremony at a time: the one that waits for a name makes room.
    this.#waiting?.abort();
    const waiting = new AbortController();
    this.#waiting = waiting;
    this.#say(undefined);
    try {
      const answer = await fetch(this.dataset.options ?? "", { method: "POST" });
      if (answer.redirected) {
        // To log in, or to say once more who is there.
        location.assign(answer.url);
        return;
      }
      if (!answer.ok) throw new Error(`the cloud said ${answer.status}`);
      const { publicKey, ceremony } = await answer.json();
      const { signal } = waiting;
      const credential =
        this.dataset.makes === undefined
          ? await navigator.credentials.get({ publicKey: requestOptions(publicKey), mediation, signal })
          : await navigator.credentials.create({ publicKey: creationOptions(publicKey), signal });
      if (!credential || signal.aborted) return;
      this.#fill(form, "ceremony", ceremony);
      this.#fill(form, "credential", credentialText(credential));
      this.#carryOver(form);
      form.submit();
    } catch (error) {
      // Nobody asked for what is only offered.
      if (mediation === undefined) this.#say(reasonOf(error));
    }
  }

  /** @param {HTMLFormElement} form @param {string} name @param {string} value */
  #fill(form, name, value) {
    const field = form.querySelector(`input[name="${name}"]`);
    if (field instanceof HTMLInputElement) field.value = value;
  }

  /** Auto-login is ticked in the form with the password. @param {HTMLFormElement} form */
  #carryOver(form) {
    const field = form.querySelector('input[name="auto_login"]');
    const box = document.querySelector('input[type="checkbox"][name="auto_login"]');
    if (field instanceof HTMLInputElement && box instanceof HTMLInputElement) field.disabled = !box.checked;
  }

  /** @param {string | undefined} what */
  #say(what) {
    for (const words of this.querySelectorAll("[data-says]")) {
      if (!(words instanceof HTMLElement)) continue;
      words.hidden = words.dataset.says !== what;
      if (!words.hidden && words.getAttribute("role") === "alert") words.focus();
    }
  }
}
