// Add device: fills the form in from a claim link, and reads QR codes.

import { ClaimForm } from "./elements/claim-form.js";
import { QrScanner } from "./elements/qr-scanner.js";

customElements.define("claim-form", ClaimForm);
customElements.define("qr-scanner", QrScanner);
