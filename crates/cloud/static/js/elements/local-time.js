// <local-time seconds="…">: a moment in the person's own time zone; the server only knows UTC.

import { when } from "../lib/words.js";

export class LocalTime extends HTMLElement {
  connectedCallback() {
    const seconds = Number(this.getAttribute("seconds"));
    if (seconds > 0) this.textContent = when(seconds, new Date());
  }
}
