// Every page of somebody who is signed in: the menu, whose browser this is, and Auto-login.

import "./app.js";
import { AppMenu } from "./elements/app-menu.js";
import { keepFor, personName } from "./person.js";
import "./signed_in.js";

// First, so that no poster of another person is ever drawn: scripts with posters import this one.
await keepFor(personName());

customElements.define("app-menu", AppMenu);
