// The dialog of Pictures and videos: shows one of them in full size, with its actions.

import { fileOf } from "../kept_here.js";
import { region } from "../lib/region.js";
import { say } from "../lib/say.js";
import { endWords, lengthWords, nameWords, sizeWords, timeWords } from "../lib/kept_words.js";
import { canShare, share } from "../shared_files.js";

/** @import {KeptItem} from "../lib/kept.js" */

export class KeptViewer {
  #dialog;
  #onDelete;
  /** @type {string | undefined} */
  #url;

  /** @param {HTMLDialogElement} dialog @param {(item: KeptItem) => Promise<boolean>} onDelete Whether it is gone. */
  constructor(dialog, onDelete) {
    this.#dialog = dialog;
    this.#onDelete = onDelete;
    this.#part("[data-close]").onclick = () => dialog.close();
    dialog.onclose = () => this.#forget();
  }

  /** @param {KeptItem} item */
  async show(item) {
    this.#forget();
    this.#part("h2").textContent = item.camera || say("kept-camera");
    const day = new Date(item.at).toLocaleDateString(region, { dateStyle: "long" });
    const facts = [day, timeWords(item.at), item.kind === "video" ? lengthWords(item.ms) : "", sizeWords(item.bytes)];
    if (item.width) facts.push(`${item.width} × ${item.height}`);
    if (item.kind === "video") facts.push(say(item.hasSound ? "kept-sound" : "kept-silent"));
    this.#part("[data-about]").textContent = facts.filter(Boolean).join(" · ");
    this.#tell(item.kind === "video" ? endWords(item.end) : "");
    this.#part("[data-delete]").onclick = async () => (await this.#onDelete(item)) && this.#dialog.close();
    const file = await fileOf(item).catch(() => undefined);
    for (const part of ["[data-save]", "[data-share]"]) this.#part(part).hidden = !file;
    if (file) this.#offer(file, item);
    else this.#tell(say("kept-gone"));
    this.#dialog.showModal();
  }

  /** @param {File} file @param {KeptItem} item */
  #offer(file, item) {
    const url = URL.createObjectURL(file);
    this.#url = url;
    const save = /** @type {HTMLAnchorElement} */ (this.#part("[data-save]"));
    [save.href, save.download] = [url, file.name];
    const button = this.#part("[data-share]");
    button.hidden = !canShare(navigator);
    button.onclick = async () => (await share(navigator, [file])) || this.#tell(say("kept-share-failed"));
    const name = nameWords(item, item.camera || say("kept-camera"));
    const picture = item.kind === "video" ? document.createElement("video") : new Image();
    if (picture instanceof HTMLVideoElement) {
      Object.assign(picture, { controls: true, autoplay: true, playsInline: true });
      picture.setAttribute("aria-label", name);
    } else picture.alt = name;
    picture.onerror = () => this.#tell(say("kept-unplayable"));
    picture.src = url;
    this.#part(".kept__stage").replaceChildren(picture);
  }

  #forget() {
    this.#part(".kept__stage").replaceChildren();
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = undefined;
  }

  /** @param {string} words */
  #tell(words) {
    this.#part("[data-trouble]").textContent = words;
  }

  /** @param {string} selector @returns {HTMLElement} */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(selector));
  }
}
