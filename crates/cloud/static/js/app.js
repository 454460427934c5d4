// What every page needs: what log out takes along, and that a second click on a button sends nothing. It stays small:
// a first visit over a slow line waits for it.

import { SentForms } from "./lib/sent_forms.js";

// A page that answers a form takes the place of that form in the history: nobody meets an error on the way back, and a
// reload sends nothing again.
const { form } = document.body.dataset;
if (form) history.replaceState(history.state, "", form);

// A lock or a deletion is done. Browsers that know Clear-Site-Data have forgotten everything already.
if (document.querySelector("meta[name=forgets]")) await (await import("./erasing.js")).forgetAll();

const sent = new SentForms();
// A page that comes back from the browser's memory may be sent anew.
addEventListener("pageshow", () => sent.forget());
// On the window, so that forms which a script holds back or sends itself are told apart.
addEventListener("submit", async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
  if (!sent.maySend(form, Date.now())) {
    event.preventDefault();
  } else if (form.dataset.clearsBrowser !== undefined) {
    event.preventDefault();
    const { sendErasing } = await import("./erasing.js");
    if (!(await sendErasing(form))) sent.forget();
  }
});

// Without it, a phone without a network shows the browser's own error.
addEventListener("load", () => void navigator.serviceWorker?.register("/service-worker.js").catch(() => {}));
