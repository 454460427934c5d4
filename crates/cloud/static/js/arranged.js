// Pages with a list to put in order: the cameras of a recorder, and the recorders.

import { ArrangedList } from "./elements/arranged-list.js";

customElements.define("arranged-list", ArrangedList);
