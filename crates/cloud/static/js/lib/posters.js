// The last picture of every camera, kept in this browser only: IndexedDB, one small JPEG each.

import { openStore, transact } from "./indexed_db.js";

const STORE = "posters";

export class Posters {
  #factory;
  #name;
  /** @type {Promise<IDBDatabase> | undefined} */
  #db;

  /** @param {IDBFactory} factory @param {string} [name] */
  constructor(factory, name = "peerview") {
    this.#factory = factory;
    this.#name = name;
  }

  /** @param {string} key @returns {Promise<Blob | undefined>} */
  async get(key) {
    return this.#run("readonly", (store) => store.get(key));
  }

  /** @param {string} key @param {Blob} picture */
  async put(key, picture) {
    await this.#run("readwrite", (store) => store.put(picture, key));
  }

  async clear() {
    await this.#run("readwrite", (store) => store.clear());
  }

  /**
   * A browser that keeps nothing (private mode, full disk) only means that there is no poster.
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest} act
   * @returns {Promise<any>}
   */
  async #run(mode, act) {
    try {
      this.#db ??= openStore(this.#factory, this.#name, STORE);
      return await transact(await this.#db, STORE, mode, act);
    } catch {
      return undefined;
    }
  }
}

/** Those of this browser. */
export const posters = new Posters(globalThis.indexedDB);

/** @param {string} serial @param {string} camera */
export function posterKey(serial, camera) {
  return `${serial}/${camera}`;
}
