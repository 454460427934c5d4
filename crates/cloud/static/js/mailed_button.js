// Where buttons of mails lead: the token behind the # of the address goes into its field.

import { ButtonToken } from "./elements/button-token.js";

customElements.define("button-token", ButtonToken);
