// Cloud P2P, signed out: the key that Auto-login needs, and the recorder of a claim link that led here.

import { keptClaim } from "./claim.js";
import { BrowserKeyField } from "./elements/browser-key.js";

customElements.define("browser-key", BrowserKeyField);

// Browsers carry what stands behind the `#` over to the page that they are led to.
if (location.hash.includes(":")) {
  keptClaim.keep(location.hash);
  // The code is a secret: out of the address bar and the history at once.
  history.replaceState(history.state, "", location.pathname + location.search);
}
