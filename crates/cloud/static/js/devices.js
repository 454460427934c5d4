// Pages that list recorders: Devices and one device.

import { DeviceList } from "./elements/device-list.js";
import { LocalTime } from "./elements/local-time.js";
import { OfflineSince } from "./elements/offline-since.js";

customElements.define("offline-since", OfflineSince);
customElements.define("device-list", DeviceList);
customElements.define("local-time", LocalTime);
