// Sends the arrangement of Live view to the account, one change after another.

import { keepHere, keepInAccount } from "./lib/sent_arrangement.js";
import { read, write } from "./person.js";

const store = { read, write };
/** What was not answered yet. */
let sent = Promise.resolve();

/** @param {string} text */
export function keepArrangement(text) {
  keepHere(store, text);
  sendArrangement();
}

/** What this device has changed goes to the account. */
export function sendArrangement() {
  sent = sent.then(() => keepInAccount(store, post));
}

/** @param {string} arrangement */
function post(arrangement) {
  const body = new URLSearchParams({ arrangement });
  return fetch("/live/arrangement", { method: "POST", body }).catch(() => undefined);
}
