// This browser's own P-256 key, kept in IndexedDB in a form that no script can read out. It signs
// for Auto-login and for nothing else.

import { textOf } from "./base64url.js";
import { openStore, transact } from "./indexed_db.js";

const STORE = "keys";
const NAME = "own";
const KIND = { name: "ECDSA", namedCurve: "P-256" };

export class BrowserKey {
  #factory;
  #crypto;

  /** @param {IDBFactory} factory @param {SubtleCrypto | undefined} crypto Missing on pages without https. */
  constructor(factory, crypto) {
    this.#factory = factory;
    this.#crypto = crypto;
  }

  /** The public half as an uncompressed point in base64url; makes the key on the first call. */
  async publicKey() {
    if (!this.#crypto) return undefined;
    let pair = await this.#read();
    if (!pair) {
      pair = await this.#crypto.generateKey(KIND, false, ["sign", "verify"]);
      await this.#run("readwrite", (store) => store.put(pair, NAME));
    }
    return textOf(await this.#crypto.exportKey("raw", pair.publicKey));
  }

  /** A signature in base64url, or nothing where there is no key. @param {string} text */
  async sign(text) {
    const pair = this.#crypto && (await this.#read());
    if (!this.#crypto || !pair) return undefined;
    const bytes = new TextEncoder().encode(text);
    return textOf(await this.#crypto.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, bytes));
  }

  async clear() {
    await this.#run("readwrite", (store) => store.clear());
  }

  /** @returns {Promise<CryptoKeyPair | undefined>} */
  #read() {
    return this.#run("readonly", (store) => store.get(NAME));
  }

  /** @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} act @returns {Promise<any>} */
  async #run(mode, act) {
    const db = await openStore(this.#factory, "peerview.keys", STORE);
    try {
      return await transact(db, STORE, mode, act, { durability: "strict" });
    } finally {
      db.close();
    }
  }
}

/** The one of this browser. */
export const browserKey = new BrowserKey(globalThis.indexedDB, globalThis.crypto?.subtle);
