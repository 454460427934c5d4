// Pages with moments, in the person's own time zone.

import { LocalTime } from "./elements/local-time.js";

customElements.define("local-time", LocalTime);
