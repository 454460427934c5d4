// Sends the arrangement of Live view to the account, one change after another.

import { keepHere, keepInAccount } from "./lib/sent_arrangement.js";
import { personName, read, write } from "./person.js";

const store = { read, write };
/** What was not answered yet. */
let sent = Promise.resolve();

/** @param {string} text */
export function keepArrangement(text) {
  if (keepHere(store, text, personName())) sendArrangement();
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
