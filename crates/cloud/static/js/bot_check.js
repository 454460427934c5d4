// Forms that a bot check guards: proof of work, and the picture of letters as a sound.

import { FormWork } from "./elements/form-work.js";
import { SoundLink } from "./elements/sound-link.js";

customElements.define("form-work", FormWork);
customElements.define("sound-link", SoundLink);
