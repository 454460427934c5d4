// <claim-form>: fills Serial number and Verification code in from the address's fragment or a QR code.

import { keptClaim } from "../claim.js";
import { readClaimLink } from "../lib/claim_link.js";

export class ClaimForm extends HTMLElement {
  connectedCallback() {
    // A link that is pasted while the page is shown loads no page.
    addEventListener("hashchange", this.#fillFromAddress);
    if (!this.#fillFromAddress()) this.fill(keptClaim.take() ?? "");
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.#fillFromAddress);
  }

  #fillFromAddress = () => {
    const { hash } = location;
    if (!hash.includes(":")) return false;
    // The code is a secret: out of the address bar and the history at once.
    history.replaceState(null, "", location.pathname + location.search);
    return this.fill(hash);
  };

  /** Whether `text` named a recorder; the form then holds it. @param {string} text */
  fill(text) {
    const claim = readClaimLink(text);
    if (!claim) return false;
    this.#set("serial", claim.serial);
    this.#set("code", claim.code);
    const name = this.#field("name");
    if (name && !name.value) name.focus();
    return true;
  }

  /** @param {string} name @param {string} value */
  #set(name, value) {
    const field = this.#field(name);
    if (field) field.value = value;
  }

  /** @param {string} name @returns {HTMLInputElement | null} */
  #field(name) {
    return this.querySelector(`input[name="${name}"]`);
  }
}
