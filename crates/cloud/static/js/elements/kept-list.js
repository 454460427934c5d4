// <kept-list>: the person's pictures and videos in this browser, by day; opens, selects, shares, saves
// and deletes them.

import { ask } from "../ask.js";
import { erase, fileOf, isRecording, kept, person } from "../kept_here.js";
import { byDay, dayWords, lengthWords, nameWords, sizeWords, timeWords } from "../lib/kept_words.js";
import { say } from "../lib/say.js";
import { canShare, save, share } from "../shared_files.js";
import { KeptViewer } from "./kept-viewer.js";

/** @import {KeptItem} from "../lib/kept.js" */

export class KeptList extends HTMLElement {
  /** @type {KeptItem[]} */
  #items = [];
  /** @type {Set<string>} */
  #chosen = new Set();
  #isChoosing = false;
  /** Of the posters shown. @type {string[]} */
  #urls = [];
  /** @type {KeptViewer | undefined} */
  #viewer;

  connectedCallback() {
    const dialog = /** @type {HTMLDialogElement} */ (this.querySelector("dialog"));
    this.#viewer = new KeptViewer(dialog, (item) => this.#delete([item]));
    this.#part(".kept__select").onclick = () => this.#choose(!this.#isChoosing);
    const actions = this.#part(".kept__chosen");
    const on = (/** @type {string} */ name, /** @type {() => void} */ act) => {
      const button = /** @type {HTMLElement} */ (actions.querySelector(`[data-${name}]`));
      button.onclick = act;
      return button;
    };
    on("all", () => this.#chooseAll());
    on("share", () => void this.#share()).hidden = !canShare(navigator);
    on("save", () => void this.#save());
    on("delete", () => void this.#delete(this.#those()));
    this.hidden = false;
    void this.#load();
    // Another tab may have recorded or deleted meanwhile.
    document.addEventListener("visibilitychange", () => document.hidden || dialog.open || this.#load());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#load());
  }

  async #load() {
    const items = await kept.of(person()).catch(() => undefined);
    this.#tell(items ? "" : say("kept-unreadable"));
    this.#items = items ?? [];
    const running = new Set();
    for (const { id, end } of this.#items) if (end === null && (await isRecording(id))) running.add(id);
    this.#items = this.#items.filter(({ id }) => !running.has(id));
    this.#chosen = new Set(this.#those().map(({ id }) => id));
    this.#draw();
    this.#drawUsed(running.size);
  }

  #draw() {
    this.#urls.forEach((url) => URL.revokeObjectURL(url));
    this.#urls = [];
    const days = byDay(this.#items).map(({ day, items }) => this.#day(day, items));
    this.#part("[data-days]").replaceChildren(...days);
    this.#part("[data-none]").hidden = days.length > 0;
    this.#part(".kept__select").hidden = days.length === 0;
    this.#choose(this.#isChoosing && days.length > 0);
  }

  /** @param {Date} day @param {KeptItem[]} items */
  #day(day, items) {
    const section = document.createElement("section");
    const list = Object.assign(document.createElement("ul"), { className: "kept__items" });
    list.append(...items.map((item) => this.#row(item)));
    section.append(Object.assign(document.createElement("h2"), { textContent: dayWords(day, new Date()) }), list);
    return section;
  }

  /** @param {KeptItem} item */
  #row(item) {
    const template = /** @type {HTMLTemplateElement} */ (this.querySelector("template"));
    const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (row.querySelector(selector));
    const [camera, time] = [item.camera || say("kept-camera"), timeWords(item.at)];
    row.dataset.kind = item.kind;
    part(".kept__camera").textContent = camera;
    part(".kept__when").textContent = time;
    part(".kept__length").textContent = item.kind === "video" ? lengthWords(item.ms) : "";
    part(".kept__kind").textContent = item.kind === "video" ? say("kept-video") : say("kept-picture");
    part(".kept__open").onclick = () => void this.#viewer?.show(item);
    if (item.poster) {
      const image = Object.assign(new Image(), { alt: "", src: URL.createObjectURL(item.poster) });
      this.#urls.push(image.src);
      part(".kept__picture").prepend(image);
    }
    const box = /** @type {HTMLInputElement} */ (part("input"));
    box.value = item.id;
    box.setAttribute("aria-label", say("kept-choose", { name: `${nameWords(item, camera)}, ${time}` }));
    box.onchange = () => {
      if (box.checked) this.#chosen.add(item.id);
      else this.#chosen.delete(item.id);
      this.#drawChosen();
    };
    return row;
  }

  /** @param {number} nRunning */
  #drawUsed(nRunning) {
    const used = this.#items.reduce((sum, { bytes }) => sum + bytes, 0);
    const parts = [say("kept-used", { n: this.#items.length, size: sizeWords(used) })];
    if (nRunning > 0) parts.push(say("kept-running", { n: nRunning }));
    this.#part("[data-used]").textContent = parts.join(" · ");
  }

  /** @param {boolean} isChoosing */
  #choose(isChoosing) {
    this.#isChoosing = isChoosing;
    if (!isChoosing) this.#chosen.clear();
    this.#part(".kept__select").setAttribute("aria-pressed", String(isChoosing));
    this.#part(".kept__chosen").hidden = !isChoosing;
    for (const pick of this.querySelectorAll(".kept__pick")) if (pick instanceof HTMLElement) pick.hidden = !isChoosing;
    this.#drawChosen();
  }

  #chooseAll() {
    const isAll = this.#chosen.size === this.#items.length;
    this.#chosen = new Set(isAll ? [] : this.#items.map(({ id }) => id));
    this.#drawChosen();
  }

  #drawChosen() {
    for (const box of this.querySelectorAll("input")) box.checked = this.#chosen.has(box.value);
    const size = sizeWords(this.#those().reduce((sum, { bytes }) => sum + bytes, 0));
    this.#part("[data-chosen]").textContent = say("kept-chosen", { n: this.#chosen.size, size });
    for (const name of ["share", "save", "delete"]) {
      const button = this.querySelector(`.kept__chosen [data-${name}]`);
      if (button instanceof HTMLButtonElement) button.disabled = this.#chosen.size === 0;
    }
  }

  #those() {
    return this.#items.filter(({ id }) => this.#chosen.has(id));
  }

  async #share() {
    const files = await this.#files();
    if (files && !(await share(navigator, files))) this.#tell(say("kept-share-failed"));
  }

  async #save() {
    (await this.#files())?.forEach(save);
  }

  /** @returns {Promise<File[] | undefined>} */
  async #files() {
    const files = await Promise.all(this.#those().map(fileOf)).catch(() => undefined);
    this.#tell(files ? "" : say("kept-gone"));
    return files;
  }

  /** @param {KeptItem[]} items */
  async #delete(items) {
    const words = say("kept-delete-words", { n: items.length });
    if (!(await ask({ title: say("kept-delete-title", { n: items.length }), words, agree: say("kept-delete") }))) return false;
    for (const item of items) await erase(item);
    this.#isChoosing = false;
    await this.#load();
    this.#part(this.#items.length ? ".kept__select" : "[data-none] a").focus();
    return true;
  }

  /** @param {string} words */
  #tell(words) {
    const place = this.#part("[data-trouble]");
    place.textContent = words;
    place.hidden = !words;
  }

  /** @param {string} selector @returns {HTMLElement} */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.querySelector(selector));
  }
}
