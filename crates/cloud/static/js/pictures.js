// Pictures and videos: what this browser keeps of the person who is signed in.

import { KeptList } from "./elements/kept-list.js";

customElements.define("kept-list", KeptList);
