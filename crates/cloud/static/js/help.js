// Help.

import { CopyText } from "./elements/copy-text.js";

customElements.define("copy-text", CopyText);
