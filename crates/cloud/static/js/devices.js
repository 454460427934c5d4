// Pages that list recorders: Devices and one device.

import { DeviceList } from "./elements/device-list.js";
import { OfflineSince } from "./elements/offline-since.js";

customElements.define("offline-since", OfflineSince);
customElements.define("device-list", DeviceList);
