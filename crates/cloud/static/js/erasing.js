// Log out, lock and deletion with stored pictures and videos: asks first, and erases them, the app lock and the key
// once the cloud has done it. Loads all that it needs before that: the network may be gone afterwards.

import { ask } from "./ask.js";
import { eraseAll, kept } from "./kept_here.js";
import { browserKey } from "./lib/browser_key.js";
import { logOut } from "./lib/log_out.js";
import { posters } from "./lib/posters.js";
import { say } from "./lib/say.js";
import { clearKept } from "./person.js";

/** Sends a form that makes this browser forget everything, unless the person keeps it. @param {HTMLFormElement} form */
export async function sendErasing(form) {
  if (!(await mayErase())) return false;
  if (new URL(form.action).pathname === "/logout") {
    await logOutBy(form);
    return true;
  }
  // Without a network, or if the cloud refuses, everything stays; the page that says that it is done erases.
  form.submit();
  return true;
}

/** Ends the session and erases what is kept. Without a network everything stays. @param {HTMLFormElement} form */
export async function logOutBy(form) {
  const post = () => fetch(form.action, { method: "POST", redirect: "manual" });
  if (await logOut({ post, erase: forgetAll })) location.assign("/login");
  // The browser says what is wrong.
  else form.submit();
}

/** The account is locked or deleted, or the session has ended. */
export async function forgetAll() {
  await eraseAll();
  // The session of this key is over.
  await browserKey.clear().catch(() => undefined);
  await clearKept(posters, { sparesClaim: false });
}

/** Whether the person agrees that what is kept here goes; nobody is asked where there is nothing. */
async function mayErase() {
  const n = await kept.count().catch(() => 0);
  if (n === 0) return true;
  return ask({
    title: say("kept-log-out"),
    words: say("kept-log-out-words", { n }),
    agree: say("kept-log-out-agree"),
    link: { address: "/pictures", words: say("kept-title") },
  });
}
