// The last picture of every camera, kept in this browser only: IndexedDB, one small JPEG each.

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
      this.#db ??= this.#open();
      const store = (await this.#db).transaction(STORE, mode).objectStore(STORE);
      return await result(act(store));
    } catch {
      return undefined;
    }
  }

  async #open() {
    const request = this.#factory.open(this.#name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    return /** @type {IDBDatabase} */ (await result(request));
  }
}

/** @param {IDBRequest} request */
function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {string} serial @param {string} camera */
export function posterKey(serial, camera) {
  return `${serial}/${camera}`;
}
