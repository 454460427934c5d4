// Add device: fills the form in from a claim link, reads QR codes, and works where the form asks for it.

import { ClaimForm } from "./elements/claim-form.js";
import { FormWork } from "./elements/form-work.js";
import { QrScanner } from "./elements/qr-scanner.js";

customElements.define("claim-form", ClaimForm);
customElements.define("form-work", FormWork);
customElements.define("qr-scanner", QrScanner);
