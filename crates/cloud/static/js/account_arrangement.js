// Before Live view begins: what another browser has kept of its arrangement in the account is kept here, too. Only on
// pages of accounts that keep one, so that the others load nothing for it.

import "./app.js";
import { sendArrangement } from "./arrangement_sync.js";
import { UNSENT, takeOver } from "./lib/kept_arrangement.js";
import { read, write } from "./person.js";

const kept = document.querySelector("meta[name=arrangement]");
if (kept instanceof HTMLMetaElement) takeOver({ read, write }, kept.content, kept.dataset.version ?? "");
if (read(UNSENT) === "yes") sendArrangement();
