// Pictures and videos that a person keeps in this browser: IndexedDB has one row each, with the picture itself; the
// bytes of videos are files beside it (js/video_files.js). What one person keeps is never listed to another.

/**
 * @typedef {object} KeptItem
 * @property {string} id
 * @property {string} person User name.
 * @property {"picture" | "video"} kind
 * @property {string} camera Its name at that time.
 * @property {number} at Milliseconds since 1970.
 * @property {number} bytes
 * @property {number} ms Length of a video.
 * @property {number} width
 * @property {number} height
 * @property {boolean} [hasSound] Of a video.
 * @property {Blob | null} poster A small JPEG.
 * @property {Blob | null} data The picture; a video is a file.
 * @property {import("./recorder.js").End | null} end Why a video ended; null while it is recorded, and for a page that died meanwhile.
 */

import { openStore, transact } from "./indexed_db.js";

const STORE = "items";

export class Kept {
  #factory;
  #name;
  /** @type {Promise<IDBDatabase> | undefined} */
  #db;

  /** @param {IDBFactory} factory @param {string} [name] */
  constructor(factory, name = "peerview.kept") {
    this.#factory = factory;
    this.#name = name;
  }

  /** Rejects with a `QuotaExceededError` where there is no room. @param {KeptItem} item */
  async put(item) {
    await this.#run("readwrite", (store) => store.put(item));
  }

  /** @param {string} id @returns {Promise<KeptItem | undefined>} */
  async get(id) {
    return this.#run("readonly", (store) => store.get(id));
  }

  /** What this person keeps, newest first. @param {string} person @returns {Promise<KeptItem[]>} */
  async of(person) {
    const items = /** @type {KeptItem[]} */ (await this.#run("readonly", (store) => store.getAll()));
    return items.filter((item) => item.person === person).sort((a, b) => b.at - a.at);
  }

  /** Of everybody: log out erases them all. @returns {Promise<number>} */
  async count() {
    return this.#run("readonly", (store) => store.count());
  }

  /** @param {string} id */
  async remove(id) {
    await this.#run("readwrite", (store) => store.delete(id));
  }

  async clear() {
    await this.#run("readwrite", (store) => store.clear());
  }

  /**
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest} act
   * @returns {Promise<any>}
   */
  async #run(mode, act) {
    this.#db ??= openStore(this.#factory, this.#name, STORE, { keyPath: "id" });
    const db = await this.#db.catch((error) => {
      this.#db = undefined;
      throw error;
    });
    return transact(db, STORE, mode, act);
  }
}

/** Whether a store had no room. @param {unknown} error */
export function isFull(error) {
  return error instanceof Error && error.name === "QuotaExceededError";
}
