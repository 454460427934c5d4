// Service worker: while the phone has no network, it answers every navigation with this cloud's offline page. It
// caches nothing private, and handles nothing but navigations. The cloud puts `VERSION` in front
// (pages/offline.rs).

const OFFLINE = "/offline";
/** Of this program in this language. */
const CACHE = `peerview ${/** @type {any} */ (globalThis).VERSION}`;

/** @typedef {Event & {request: Request, preloadResponse: Promise<Response | undefined>, waitUntil: (done: Promise<unknown>) => void, respondWith: (answer: Promise<Response>) => void, addRoutes?: (rules: object[]) => Promise<void>}} WorkerEvent */

addEventListener("install", (event) => {
  const install = /** @type {WorkerEvent} */ (event);
  install.waitUntil(keep());
  // What is no navigation need not wait for this worker to start.
  const modes = ["cors", "no-cors", "same-origin"];
  const rules = modes.map((requestMode) => ({ condition: { requestMode }, source: "network" }));
  install.addRoutes?.(rules).catch(() => {});
});

addEventListener("activate", (event) => /** @type {WorkerEvent} */ (event).waitUntil(begin()));

addEventListener("fetch", (event) => {
  const { request, preloadResponse } = /** @type {WorkerEvent} */ (event);
  if (request.mode !== "navigate" || request.method !== "GET") return;
  /** @type {WorkerEvent} */ (event).respondWith(navigate(request, preloadResponse));
});

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.add(new Request(OFFLINE, { cache: "reload" }));
  await /** @type {any} */ (globalThis).skipWaiting();
}

async function begin() {
  const others = (await caches.keys()).filter((name) => name !== CACHE);
  await Promise.all(others.map((name) => caches.delete(name)));
  // The page is asked for while this worker starts.
  await /** @type {any} */ (globalThis).registration.navigationPreload?.enable();
}

/** @param {Request} request @param {Promise<Response | undefined>} preloaded */
async function navigate(request, preloaded) {
  try {
    return (await preloaded) ?? (await fetch(request));
  } catch (error) {
    const kept = await caches.match(OFFLINE);
    if (kept) return kept;
    throw error;
  }
}
