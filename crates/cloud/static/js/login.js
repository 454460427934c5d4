// Cloud P2P, signed out: the key that Auto-login needs.

import { BrowserKeyField } from "./elements/browser-key.js";

customElements.define("browser-key", BrowserKeyField);
