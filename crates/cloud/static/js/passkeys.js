// Pages that make or use passkeys.

import { PasskeyForm } from "./elements/passkey-form.js";

customElements.define("passkey-form", PasskeyForm);
