// Before Live view starts: stores the account's arrangement, as another browser saved it, in this browser. Loaded
// only on pages of accounts that have one.

import "./menu.js";
import { sendArrangement } from "./arrangement_sync.js";
import { UNSENT, takeOver } from "./lib/kept_arrangement.js";
import { read, write } from "./person.js";

const kept = document.querySelector("meta[name=arrangement]");
if (kept instanceof HTMLMetaElement) takeOver({ read, write }, kept.content, kept.dataset.version ?? "");
if (read(UNSENT) === "yes") sendArrangement();
