// Set up this cloud: takes the code out of the printed link.

import { SetupCode } from "./elements/setup-code.js";

customElements.define("setup-code", SetupCode);
