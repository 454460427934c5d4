// Connection test.

import { ConnectionTest } from "./elements/connection-test.js";

customElements.define("connection-test", ConnectionTest);
