// Rules of an arrangement that is stored on the device and in the account.

import assert from "node:assert/strict";
import { test } from "node:test";

import { KEPT, UNSENT, takeOver } from "./kept_arrangement.js";
import { keepHere, keepInAccount } from "./sent_arrangement.js";

function device() {
  /** @type {Map<string, string>} */
  const values = new Map([["peerview.person", "ana"]]);
  return {
    read: (/** @type {string} */ key) => values.get(key) ?? null,
    write: (/** @type {string} */ key, /** @type {string} */ value) => void values.set(key, value),
  };
}

const isUnsent = (/** @type {ReturnType<typeof device>} */ { read }) => read(UNSENT) === "yes";
const begins = (/** @type {ReturnType<typeof device>} */ phone, kept = "", version = "") => {
  takeOver(phone, kept, version);
  return phone.read(KEPT);
};
const answers = (/** @type {number} */ status, version = "") => async () => ({
  ok: status === 200,
  status,
  text: async () => version,
});

test("what another browser wrote later comes first", () => {
  const phone = device();

  assert.equal(begins(phone, "A", "3"), "A");
  assert.equal(begins(phone, "B", "4"), "B");
});

test("what was sent is not replaced by itself", async () => {
  const phone = device();
  keepHere(phone, "A", "ana");

  await keepInAccount(phone, answers(200, "7"));

  assert.ok(!isUnsent(phone));
  assert.equal(begins(phone, "canonical A", "7"), "A");
});

test("a device without a network keeps its own", async () => {
  const phone = device();
  keepHere(phone, "A", "ana");

  await keepInAccount(phone, async () => undefined);

  assert.ok(isUnsent(phone));
  assert.equal(begins(phone, "B", "9"), "A");
  await keepInAccount(phone, answers(400));
  assert.ok(!isUnsent(phone), "what is refused is not sent again");
});

test("a change while another is on its way is sent too", async () => {
  const phone = device();
  keepHere(phone, "A", "ana");

  await keepInAccount(phone, async () => {
    keepHere(phone, "B", "ana");
    return answers(200, "1")();
  });

  assert.ok(isUnsent(phone));
});

test("changes during a request are sent with the next one, together", async () => {
  const phone = device();
  /** @type {string[]} */
  const posted = [];
  const post = (/** @type {string} */ text) => (posted.push(text), answers(200, `${posted.length}`)());
  keepHere(phone, "A", "ana");
  keepHere(phone, "B", "ana");

  for (let n = 0; n < 2; n += 1) await keepInAccount(phone, post);

  assert.deepEqual(posted, ["B"]);
  assert.ok(!isUnsent(phone));
});

test("one change too many stays on the device until it is taken", async () => {
  const phone = device();
  keepHere(phone, "A", "ana");

  const refused = await keepInAccount(phone, answers(429));

  assert.equal(refused?.status, 429);
  assert.ok(isUnsent(phone));
  assert.equal(begins(phone, "B", "9"), "A");
});

test("a page of somebody who logged out keeps nothing for the next one", () => {
  const phone = device();
  phone.write("peerview.person", "ben");

  assert.equal(keepHere(phone, "A", "ana"), false);

  assert.equal(phone.read(KEPT), null);
  assert.ok(!isUnsent(phone));
});
