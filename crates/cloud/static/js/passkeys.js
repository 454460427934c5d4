// Pages that make or use passkeys.

import { LocalTime } from "./elements/local-time.js";
import { PasskeyForm } from "./elements/passkey-form.js";

customElements.define("local-time", LocalTime);
customElements.define("passkey-form", PasskeyForm);
