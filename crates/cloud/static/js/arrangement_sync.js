// Sends the arrangement of Live view to the account, one change after another.

import { minutesOf, postPatiently } from "./lib/patience.js";
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
  sent = sent.then(() => postPatiently(() => keepInAccount(store, post), wait)).then(() => {});
}

/** @param {string} arrangement */
function post(arrangement) {
  const body = new URLSearchParams({ arrangement });
  return fetch("/live/arrangement", { method: "POST", body }).catch(() => undefined);
}

/** This device keeps the changes meanwhile, also if the page is closed. @param {number} seconds */
async function wait(seconds) {
  await tell(seconds).catch(() => {});
  await new Promise((done) => setTimeout(done, seconds * 1_000));
}

/** @param {number} seconds */
async function tell(seconds) {
  const [{ tellBelow }, { say }] = await Promise.all([import("./told_below.js"), import("./lib/say.js")]);
  tellBelow(say("arrangement-waits", { n: minutesOf(seconds) }));
}
