// The app lock: when a page is covered, wrong and right PINs, and where the lock leads back to.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

import { AppLock, MOST_TRIES, wayBack } from "./app_lock.js";

const SCRIPT = readFileSync(new URL("../app_lock.js", import.meta.url), "utf8");
/** The real number of rounds takes half a second each. */
const ROUNDS = 10;

function fakeStore() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    kept,
    getItem: (/** @type {string} */ name) => kept.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => void kept.set(name, value),
    removeItem: (/** @type {string} */ name) => void kept.delete(name),
  };
}

/** Opens a page at a time; `hides` and `shows` are what a browser says. @param {ReturnType<typeof fakeStore>} store @param {number} at */
function page(store, at, pathname = "/devices") {
  const attributes = new Set();
  /** @type {Map<string, () => void>} */
  const heard = new Map();
  const state = { hidden: false, now: at, wentTo: "", tick: () => {} };
  const listen = (/** @type {string} */ name, /** @type {() => void} */ run) => void heard.set(name, run);
  const documentElement = {
    setAttribute: (/** @type {string} */ name) => void attributes.add(name),
    removeAttribute: (/** @type {string} */ name) => void attributes.delete(name),
  };
  vm.runInNewContext(SCRIPT, {
    localStorage: store,
    location: { pathname, search: "?page=2", replace: (/** @type {string} */ to) => void (state.wentTo = to) },
    document: { documentElement, addEventListener: listen, get hidden() { return state.hidden; } },
    Date: { now: () => state.now },
    addEventListener: listen,
    setInterval: (/** @type {() => void} */ run) => void (state.tick = run),
  });
  const turn = (/** @type {boolean} */ hidden, /** @type {number} */ now) => {
    Object.assign(state, { hidden, now });
    heard.get("visibilitychange")?.();
  };
  return {
    state,
    isCovered: () => attributes.has("data-covered"),
    hides: (/** @type {number} */ now) => turn(true, now),
    shows: (/** @type {number} */ now) => turn(false, now),
  };
}

async function locked(minutes = 5) {
  const store = fakeStore();
  const lock = new AppLock(store, ROUNDS);
  await lock.turnOn("2580", minutes);
  return { store, lock, now: Number(store.kept.get("peerview.lock.left")) };
}

test("a page without a lock is never covered", () => {
  const shown = page(fakeStore(), 1_000);
  shown.hides(2_000);

  assert.equal(shown.isCovered(), false);
  shown.shows(1e12);
  assert.equal(shown.state.wentTo, "");
});

test("a page that was left for long gives way to the lock", async () => {
  const { store, now } = await locked(5);
  const shown = page(store, now + 1_000);
  assert.equal(shown.isCovered(), false);

  shown.hides(now + 2_000);
  assert.equal(shown.isCovered(), true, "nothing is seen in the list of apps");
  shown.shows(now + 2_000 + 299_999);
  assert.equal(shown.isCovered(), false, "a short way");

  shown.hides(now + 400_000);
  shown.shows(now + 700_000);
  assert.equal(shown.isCovered(), true);
  assert.equal(shown.state.wentTo, "/locked#/devices?page=2");
});

test("a locked app stays locked in every page", async () => {
  const { store, now } = await locked(5);
  page(store, now + 300_000);

  const other = page(store, now + 300_001, "/live");
  assert.equal(other.isCovered(), true);
  assert.equal(page(store, now + 300_002, "/locked").isCovered(), false, "it asks for the PIN");
});

test("a clock that is set back opens nothing", async () => {
  const { store, now } = await locked(5);

  assert.equal(page(store, now - 1).isCovered(), true);
});

test("a computer that slept locks at the next beat", async () => {
  const { store, now } = await locked(5);
  const shown = page(store, now);
  shown.state.now = now + 299_000;
  shown.state.tick();
  assert.equal(shown.isCovered(), false, "somebody is there");

  shown.state.now += 300_000;
  shown.state.tick();

  assert.equal(shown.isCovered(), true);
});

test("the right pin opens and wrong ones are counted", async () => {
  const { store, lock } = await locked();
  assert.doesNotMatch(JSON.stringify([...store.kept]), /2580/);
  store.setItem("peerview.lock.is", "locked");

  assert.equal(await lock.try("1111"), MOST_TRIES - 1);
  assert.equal(await lock.try("2580"), Number.POSITIVE_INFINITY);
  assert.equal(store.kept.has("peerview.lock.is"), false);

  for (let left = MOST_TRIES - 1; left >= 0; left -= 1) {
    assert.equal(lock.isUsedUp, false);
    assert.equal(await lock.try("1111"), left);
  }
  assert.equal(lock.isUsedUp, true);
  assert.equal(await lock.try("2580"), 0, "too late");
});

test("used up tries cover every page at once", async () => {
  const { store, lock, now } = await locked();
  for (let n = 1; n < MOST_TRIES; n += 1) await lock.try("1111");
  assert.equal(page(store, now, "/configuration/lock").isCovered(), false);

  await lock.try("1111");

  assert.equal(page(store, now).isCovered(), true);
  assert.equal(page(store, now, "/configuration/lock").isCovered(), true);
});

test("the right pin at the last try opens", async () => {
  const { store, lock } = await locked();
  for (let n = 1; n < MOST_TRIES; n += 1) await lock.try("1111");

  assert.equal(await lock.try("2580"), Number.POSITIVE_INFINITY);

  assert.equal(lock.isUsedUp, false);
  assert.equal(page(store, Number(store.kept.get("peerview.lock.left"))).isCovered(), false);
});

test("every change of the lock needs the pin", async () => {
  const { lock } = await locked(5);
  const before = lock.row;

  assert.equal(lock.change({ minutes: 60 }), false);
  assert.equal(lock.change({ passkey: "a thief's" }), false);
  assert.equal(lock.turnOff(), false);
  await lock.try("1111");
  assert.equal(lock.change({ minutes: 60 }), false, "a wrong one");
  assert.deepEqual(lock.row, before);

  await lock.try("2580");
  assert.equal(lock.change({ minutes: 60 }), true);
  assert.equal(lock.change({ minutes: 15 }), false, "one change for one proof");
  assert.equal(lock.row?.minutes, 60);
});

test("a lock that is off leaves nothing behind", async () => {
  const { store, lock } = await locked();

  await lock.try("2580");
  assert.equal(lock.turnOff(), true);

  assert.equal(store.kept.size, 0);
  assert.equal(lock.row, undefined);
});

test("the way back leads to pages of this app only", () => {
  const origin = "https://cloud.example.org";

  assert.equal(wayBack("#/live?page=2", origin), "/live?page=2");
  for (const hash of ["", "#", "#//evil.example", "#/\\evil.example", "#https://evil.example/", "#/locked", "#javascript:alert(1)", "#/.//evil.example", "#/live/..//evil.example/"]) {
    assert.equal(wayBack(hash, origin), "/", hash);
  }
});
