// <claim-form>: fills Serial number and Verification code in from the address's fragment, from a stored claim link, or
// from a QR code. The attribute `linked` means that the person came by a link, perhaps in another tab.

import { keptClaim } from "../claim.js";
import { claimExchange } from "../claim_tabs.js";
import { readClaimLink } from "../lib/claim_link.js";

export class ClaimForm extends HTMLElement {
  connectedCallback() {
    // A link that is pasted while the page is shown loads no page.
    addEventListener("hashchange", this.#fillFromAddress);
    const isLinked = this.hasAttribute("linked");
    if (!this.#fillFromAddress() && !this.fill(keptClaim.take() ?? "") && isLinked) void this.#ask();
    // Whoever comes here later does so without the link.
    if (isLinked) history.replaceState(null, "", location.pathname);
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

  /** From another tab of this browser; without one, a note says what to do. */
  async #ask() {
    // A page that comes back has nothing to wait for.
    if (this.#field("serial")?.value) return;
    const text = await claimExchange.ask();
    // What was typed or scanned meanwhile counts.
    if (this.#field("serial")?.value || (text && this.fill(text))) return;
    this.querySelector("[data-lost]")?.removeAttribute("hidden");
  }

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
