// The result and the advice of a connection test.

import assert from "node:assert/strict";
import { test } from "node:test";

import { mappedOf, median, natOf, urlsOf, verdictOf } from "./network_verdict.js";

/** @import {Found, Mapped} from "./network_verdict.js" */

/** @type {Found} */
const ALL = { cloud: 5, v4: true, v6: true, nat: "same", udp: 20, tcp: 25, tls: 30 };
const NO_UDP = { v4: false, v6: false, nat: /** @type {const} */ ("none"), udp: null };

test("the urls of a relay are told apart by transport", () => {
  const urls = ["turn:a:1?transport=udp", "turn:a:1?transport=tcp", "turns:a:443?transport=tcp"];

  assert.deepEqual(urlsOf(urls, "udp"), [urls[0]]);
  assert.deepEqual(urlsOf(urls, "tcp"), [urls[1]]);
  assert.deepEqual(urlsOf(urls, "tls"), [urls[2]]);
});

test("only addresses that servers saw are looked at", () => {
  assert.deepEqual(mappedOf({ type: "srflx", address: "8.8.4.1", port: 9 }), { family: "v4", address: "8.8.4.1", port: 9 });
  assert.equal(mappedOf({ type: "srflx", address: "2a00::1", port: 9 })?.family, "v6");
  assert.equal(mappedOf({ type: "host", address: "192.168.1.7", port: 9 }), undefined);
  assert.equal(mappedOf({ type: "srflx", address: "", port: 9 }), undefined);
});

test("ports that differ per server are told", () => {
  const at = (/** @type {number} */ port, address = "8.8.4.1") => /** @type {Mapped} */ ({ family: "v4", address, port });

  assert.equal(natOf([], 2), "none");
  assert.equal(natOf([at(9)], 1), "one");
  assert.equal(natOf([at(9)], 2), "same");
  assert.equal(natOf([at(9), at(10)], 2), "changes");
  // Two networks at once, such as Wi-Fi and a cable.
  assert.equal(natOf([at(9), at(10, "8.8.4.2")], 2), "same");
  assert.equal(natOf([{ family: "v6", address: "2a00::1", port: 1 }], 2), "none");
});

test("every network gets the verdict that helps", () => {
  /** @type {[Partial<Found>, string][]} */
  const cases = [
    [{}, "direct"],
    [{ nat: "changes" }, "direct"],
    [{ nat: "changes", v6: false }, "helped"],
    [{ v4: false, nat: "none", v6: false }, "relay"],
    [NO_UDP, "stream"],
    [{ ...NO_UDP, tcp: null }, "stream"],
    [{ ...NO_UDP, tcp: null, tls: null }, "none"],
    [{ ...NO_UDP, tcp: null, tls: undefined }, "none"],
    [{ v4: false, v6: undefined, nat: "none", udp: undefined, tcp: undefined, tls: undefined }, "norelay"],
    [{ cloud: null }, "cloud"],
    [{ cloud: "busy" }, "busy"],
  ];

  for (const [found, expected] of cases) assert.equal(verdictOf({ ...ALL, ...found }), expected, JSON.stringify(found));
});

test("the median is not moved by one slow answer", () => {
  assert.equal(median([900, 20, 22, 21, 23]), 22);
});
