// Configuration: choices that this browser keeps.

import { StoredChoice } from "./elements/stored-choice.js";

customElements.define("stored-choice", StoredChoice);
