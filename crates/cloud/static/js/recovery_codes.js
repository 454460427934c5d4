// Recovery codes: copy and print.

import { CodeList } from "./elements/code-list.js";

customElements.define("code-list", CodeList);
