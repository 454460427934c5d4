// The page that is shown in place of another while this browser's key renews the session.

import { browserKey } from "./lib/browser_key.js";
import { renewal } from "./signed_in.js";

const TRIED = "peerview.renewal.tried";
const AGAIN_MS = 10_000;
/** What stands behind the `#` comes along: a claim link keeps its recorder. */
const LOGIN = `/login?again=1${location.hash}`;

/** A browser that keeps no cookies would come back here for ever. */
function wasJustTried() {
  try {
    const before = Number(sessionStorage.getItem(TRIED) ?? 0);
    sessionStorage.setItem(TRIED, String(Date.now()));
    return Date.now() - before < AGAIN_MS;
  } catch {
    return true;
  }
}

async function comeBack() {
  if (wasJustTried()) return location.replace(LOGIN);
  const outcome = await renewal.renew();
  if (outcome === "renewed") {
    sessionStorage.removeItem(TRIED);
    return location.reload();
  }
  if (outcome === "refused") {
    await browserKey.clear().catch(() => undefined);
    return location.replace(LOGIN);
  }
  document.querySelectorAll("[data-late]").forEach((element) => element.removeAttribute("hidden"));
  setTimeout(comeBack, AGAIN_MS);
}

comeBack();
