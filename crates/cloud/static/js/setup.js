// Set up this cloud: reads the code from the printed link.

import { SetupCode } from "./elements/setup-code.js";

customElements.define("setup-code", SetupCode);
