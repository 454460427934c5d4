// Where somebody registers or forgot the password: chooses one, while a mailed code is good.

import "./account.js";
import { CountDown } from "./elements/count-down.js";
import { PasswordStrength } from "./elements/password-strength.js";
import "./fields.js";

customElements.define("count-down", CountDown);
customElements.define("password-strength", PasswordStrength);
