// The pages of registering, logging in and a forgotten password.

import { ButtonToken } from "./elements/button-token.js";
import { FormWork } from "./elements/form-work.js";
import { PasswordStrength } from "./elements/password-strength.js";
import { SoundLink } from "./elements/sound-link.js";

customElements.define("button-token", ButtonToken);
customElements.define("form-work", FormWork);
customElements.define("password-strength", PasswordStrength);
customElements.define("sound-link", SoundLink);

// A form that is on its way is not sent again: the second click would cancel the answer to the first.
/** @type {Set<EventTarget | null>} */
const sent = new Set();
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (sent.has(event.target)) event.preventDefault();
  sent.add(event.target);
});
// A page that comes back from the browser's memory may be sent anew.
addEventListener("pageshow", () => sent.clear());
