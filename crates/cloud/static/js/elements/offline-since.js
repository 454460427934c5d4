// <offline-since seconds="…">: shows the time in the person's own time zone; the server only knows
// UTC.

import { say } from "../lib/say.js";
import { when } from "../lib/words.js";

export class OfflineSince extends HTMLElement {
  connectedCallback() {
    const seconds = Number(this.getAttribute("seconds"));
    if (seconds > 0) this.textContent = say("offline-since", { when: when(seconds, new Date()) });
  }
}
