// The pages of registering, logging in and a forgotten password.

// A tab that waits for a mail hands its claim to the tab that the mail's button opens.
import "./claim.js";
import { ButtonToken } from "./elements/button-token.js";
import { FormWork } from "./elements/form-work.js";
import { PasswordStrength } from "./elements/password-strength.js";
import { SoundLink } from "./elements/sound-link.js";

customElements.define("button-token", ButtonToken);
customElements.define("form-work", FormWork);
customElements.define("password-strength", PasswordStrength);
customElements.define("sound-link", SoundLink);
