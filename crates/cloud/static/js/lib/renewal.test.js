// How a page stays signed in, on a virtual clock.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Renewal } from "./renewal.js";

const MINUTE = 60_000;

/** @param {{key?: import("./renewal.js").Key}} [parts] */
function world({ key = { sign: async (text) => `signed ${text}` } } = {}) {
  /** @type {any} */
  const it = { now: 0, asked: [], status: 204, isUp: true };
  it.renewal = new Renewal({
    key,
    now: () => it.now,
    lock: (act) => act(),
    seconds: 15 * 60,
    fetch: async (path, init) => {
      if (!it.isUp) throw new TypeError("no network");
      it.asked.push([init?.method ?? "GET", path, String(init?.body ?? "")]);
      const isNonce = init?.method !== "POST";
      return isNonce ? Response.json({ nonce: "once" }) : new Response(null, { status: it.status });
    },
  });
  return it;
}

test("a token is renewed before it expires", async () => {
  const it = world();
  it.now = 9 * MINUTE;
  assert.equal(it.renewal.isDue, false);
  assert.equal(it.renewal.waitMs(), MINUTE);

  it.now = 10 * MINUTE;
  assert.equal(it.renewal.isDue, true);
  assert.equal(it.renewal.isLate, false);
  assert.equal(await it.renewal.renew(), "renewed");

  assert.equal(it.renewal.isDue, false);
  assert.equal(it.renewal.waitMs(), 10 * MINUTE);
});

test("the key signs the server's nonce and its purpose", async () => {
  const it = world();

  await it.renewal.renew();

  const [, sent] = it.asked;
  const form = new URLSearchParams(sent[2]);
  assert.deepEqual([sent[0], sent[1]], ["POST", "/renewal"]);
  assert.equal(form.get("signature"), "signed peerview/renew/v1\nonce");
  assert.equal(form.get("nonce"), "once");
});

test("a form waits when its token may expire meanwhile", () => {
  const it = world();
  it.now = 14 * MINUTE;
  assert.equal(it.renewal.isLate, false);

  it.now = 15 * MINUTE - 30_000;

  assert.equal(it.renewal.isLate, true);
});

test("a missing key or a refusal ends the session", async () => {
  assert.equal(await world({ key: { sign: async () => undefined } }).renewal.renew(), "refused");

  const it = world();
  it.status = 401;
  assert.equal(await it.renewal.renew(), "refused");
});

test("an unreachable or busy cloud is asked again", async () => {
  const it = world();
  it.isUp = false;
  assert.equal(await it.renewal.renew(), "failed");
  assert.equal(it.renewal.waitMs("failed"), 30_000);

  it.isUp = true;
  it.status = 503;
  assert.equal(await it.renewal.renew(), "failed");
});

test("two parallel requests share one renewal", async () => {
  const it = world();

  const outcomes = await Promise.all([it.renewal.renew(), it.renewal.renew()]);

  assert.deepEqual(outcomes, ["renewed", "renewed"]);
  assert.equal(it.asked.length, 2);
});
