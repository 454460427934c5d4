// Keeps a person with Auto-login signed in while a page is open, asleep or not.

import { Renewal } from "./lib/renewal.js";

/** The seconds that the server gave the token of this page; none without a key. */
const seconds = document.querySelector("[data-renews-in]")?.getAttribute("data-renews-in");

export const renewal = new Renewal({
  fetch: (path, init) => fetch(path, init),
  // Needed minutes after the page was opened, if at all.
  key: { sign: async (text) => (await import("./lib/browser_key.js")).browserKey.sign(text) },
  now: () => Date.now(),
  lock: async (act) => (navigator.locks ? navigator.locks.request("peerview.renewal", act) : act()),
  seconds: Number(seconds ?? 0),
});

/** Renews if it is time; without a key there is nothing to do. */
export async function keepSignedIn() {
  if (!seconds || !renewal.isDue) return;
  // The server says where somebody goes who is not signed in any more.
  if ((await renewal.renew()) === "refused") location.reload();
}

/** Forms that have waited once; a cloud that cannot be reached says so itself. @type {WeakSet<EventTarget>} */
const waited = new WeakSet();

/** Sends a form only once its token is good. @param {SubmitEvent} event */
async function holdBack(event) {
  const { target: form, submitter } = event;
  if (!(form instanceof HTMLFormElement) || !renewal.isLate || waited.has(form)) return;
  event.preventDefault();
  waited.add(form);
  if ((await renewal.renew()) === "refused") location.reload();
  else form.requestSubmit(submitter);
}

/** @param {import("./lib/renewal.js").Outcome} [outcome] */
function schedule(outcome) {
  setTimeout(async () => schedule(renewal.isDue ? await renewal.renew() : undefined), renewal.waitMs(outcome));
}

if (seconds) {
  schedule();
  addEventListener("online", keepSignedIn);
  addEventListener("pageshow", keepSignedIn);
  document.addEventListener("visibilitychange", keepSignedIn);
  document.addEventListener("submit", holdBack);
}
