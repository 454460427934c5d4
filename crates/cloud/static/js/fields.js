// Forms with passwords or codes.

import { CodeField } from "./elements/code-field.js";
import { PasswordField } from "./elements/password-field.js";

customElements.define("code-field", CodeField);
customElements.define("password-field", PasswordField);
