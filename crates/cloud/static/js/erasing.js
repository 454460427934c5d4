// Log out with stored pictures and videos: asks first, then erases them.

import { ask } from "./ask.js";
import { eraseAll, kept } from "./kept_here.js";
import { say } from "./lib/say.js";

/** Whether the person agrees that what is kept here goes; nobody is asked where there is nothing. */
export async function mayErase() {
  const n = await kept.count().catch(() => 0);
  if (n === 0) return true;
  return ask({
    title: say("kept-log-out"),
    words: say("kept-log-out-words", { n }),
    agree: say("kept-log-out-agree"),
    link: { address: "/pictures", words: say("kept-title") },
  });
}

export { eraseAll };
