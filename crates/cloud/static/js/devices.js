// Pages that list recorders: Devices and one device.

import { DeviceList } from "./elements/device-list.js";
import { LocalTime } from "./elements/local-time.js";

customElements.define("local-time", LocalTime);
customElements.define("device-list", DeviceList);
