// Pictures and videos: the items in this browser that belong to the signed-in person.

import { KeptList } from "./elements/kept-list.js";

customElements.define("kept-list", KeptList);
