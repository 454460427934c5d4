// A confirmation dialog, shown before something is erased.

import { say } from "./lib/say.js";

/**
 * @param {{title: string, words: string, agree: string, link?: {address: string, words: string}}} question
 * @returns {Promise<boolean>}
 */
export async function ask({ title, words, agree, link }) {
  await styles();
  const dialog = document.createElement("dialog");
  dialog.className = "dialog ask";
  dialog.setAttribute("aria-labelledby", "ask-title");
  dialog.setAttribute("aria-describedby", "ask-words");
  const heading = Object.assign(document.createElement("h2"), { id: "ask-title", textContent: title });
  const text = Object.assign(document.createElement("p"), { id: "ask-words", textContent: words });
  const yes = button("btn bad", agree);
  const no = button("btn", say("ask-cancel"));
  dialog.append(heading, text);
  if (link) dialog.append(Object.assign(document.createElement("a"), { href: link.address, textContent: link.words }));
  const buttons = Object.assign(document.createElement("div"), { className: "ask__buttons" });
  buttons.append(no, yes);
  dialog.append(buttons);
  document.body.append(dialog);
  dialog.showModal();
  // Enter at once must not erase.
  no.focus();
  return new Promise((resolve) => {
    let isAgreed = false;
    yes.onclick = () => {
      isAgreed = true;
      dialog.close();
    };
    no.onclick = () => dialog.close();
    dialog.onclose = () => {
      dialog.remove();
      resolve(isAgreed);
    };
  });
}

/** @param {string} className @param {string} words */
function button(className, words) {
  return Object.assign(document.createElement("button"), { type: "button", className, textContent: words });
}

/** Few pages ask, so the sheet comes with the question. */
async function styles() {
  if (document.querySelector("link[data-ask]")) return;
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("../css/ask.css", import.meta.url).href });
  sheet.dataset.ask = "";
  const loaded = new Promise((resolve) => (sheet.onload = sheet.onerror = resolve));
  document.head.append(sheet);
  await loaded;
}
