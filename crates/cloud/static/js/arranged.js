// Pages with a list that can be reordered: the cameras of a recorder, and the recorders.

import { ArrangedList } from "./elements/arranged-list.js";
import { FilterList } from "./elements/filter-list.js";

customElements.define("arranged-list", ArrangedList);
customElements.define("filter-list", FilterList);
