// <browser-key>: fills its hidden field with the public key of this browser, for Auto-login.

import { browserKey } from "../lib/browser_key.js";

export class BrowserKeyField extends HTMLElement {
  async connectedCallback() {
    const field = this.querySelector("input");
    // Without a key Auto-login works too, for a shorter time.
    const key = await browserKey.publicKey().catch(() => undefined);
    if (field && key) field.value = key;
  }
}
