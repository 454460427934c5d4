// Pages of mailed links: moves the token behind the # of the address into its field.

import { ButtonToken } from "./elements/button-token.js";

customElements.define("button-token", ButtonToken);
