// One store in a database of IndexedDB, with promises.

/**
 * @param {IDBFactory} factory @param {string} name @param {string} store
 * @param {IDBObjectStoreParameters} [options] Of a store that is made now.
 * @returns {Promise<IDBDatabase>}
 */
export function openStore(factory, name, store, options) {
  const request = factory.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(store, options);
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Ends with the transaction and not with the request: only then is it on the disk.
 * @param {IDBDatabase} db @param {string} store @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} act
 * @param {IDBTransactionOptions} [options]
 * @returns {Promise<any>}
 */
export function transact(db, store, mode, act, options) {
  const transaction = db.transaction(store, mode, options);
  const request = act(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request.error);
  });
}
