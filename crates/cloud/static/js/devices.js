// Devices, and one device.

import { DeviceList } from "./elements/device-list.js";
import { FilterList } from "./elements/filter-list.js";
import { OfflineSince } from "./elements/offline-since.js";
import { PosterImage } from "./elements/poster-image.js";
import "./menu.js";

customElements.define("poster-image", PosterImage);
customElements.define("filter-list", FilterList);
customElements.define("offline-since", OfflineSince);
customElements.define("device-list", DeviceList);
