// App lock: its settings, and the screen that asks for the PIN.

import { LockScreen } from "./elements/lock-screen.js";
import { LockSettings } from "./elements/lock-settings.js";

customElements.define("lock-screen", LockScreen);
customElements.define("lock-settings", LockSettings);
