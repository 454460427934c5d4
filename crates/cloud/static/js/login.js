// Cloud P2P, signed out: the key that Auto-login needs, and the recorder of a claim link that led here.

import { keptClaim } from "./claim.js";
import { BrowserKeyField } from "./elements/browser-key.js";
import { PasswordField } from "./elements/password-field.js";
import { holdsClaim } from "./person.js";

customElements.define("browser-key", BrowserKeyField);
customElements.define("password-field", PasswordField);

// Browsers carry what stands behind the `#` over to the page that they are led to.
if (location.hash.includes(":")) {
  keptClaim.keep(location.hash);
  // The code is a secret: out of the address bar and the history at once.
  history.replaceState(history.state, "", location.pathname + location.search);
}

// Another tab may ask for it.
if (holdsClaim()) void import("./claim_tabs.js");
