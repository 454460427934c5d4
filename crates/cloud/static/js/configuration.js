// Configuration: settings that are stored in this browser.

import { DataUsed } from "./elements/data-used.js";
import { StoredChoice } from "./elements/stored-choice.js";
import { networkOf } from "./lib/quality.js";
import { network } from "./network.js";

customElements.define("stored-choice", StoredChoice);
customElements.define("data-used", DataUsed);

// Two choices where the browser says which network it uses, or that somebody saves data; else one.
const isTold = networkOf(network) !== "unknown" || network?.saveData === true;
for (const one of document.querySelectorAll("[data-one-network], [data-two-networks]")) {
  if (one instanceof HTMLElement) one.hidden = one.hasAttribute("data-one-network") === isTold;
}
