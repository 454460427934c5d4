// The connection test, where a browser is not needed: whose fault it is that no socket opens.

import assert from "node:assert/strict";
import { test } from "node:test";

import { testNetwork } from "./network_test.js";
import { verdictOf } from "./network_verdict.js";

/** @import {Found} from "./network_verdict.js" */

/** A cloud without a relay, whose socket opens or is refused. @param {boolean} isOpen @param {() => Promise<boolean>} isFull */
async function tests(isOpen, isFull) {
  /** @type {Partial<Found>[]} */
  const told = [];
  /** @type {any} */
  const socket = { close: () => {} };
  const openSocket = () => {
    queueMicrotask(() => (isOpen ? socket.onopen() : socket.onerror()));
    return socket;
  };
  const makePeer = () => assert.fail("nothing to connect to");
  const found = await testNetwork({ stun: [], ends: [], has_ipv6: false }, { makePeer, openSocket, isFull }, (some) => void told.push(some));
  assert.ok(told.some(({ cloud }) => cloud === found.cloud));
  return found;
}

test("a cloud without a free place is busy", async () => {
  const found = await tests(false, async () => true);

  assert.equal(found.cloud, "busy");
  assert.equal(verdictOf(found), "busy");
});

test("a socket that is refused otherwise is blocked", async () => {
  assert.equal((await tests(false, async () => false)).cloud, null);
  assert.equal((await tests(false, () => Promise.reject(new TypeError()))).cloud, null);
});

test("nobody asks for places once the socket is open", async () => {
  const found = await tests(true, () => assert.fail("it is open"));

  assert.equal(typeof found.cloud, "number");
});
