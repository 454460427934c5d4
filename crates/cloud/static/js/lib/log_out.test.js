// Log out: what a browser keeps goes with its session, and not before.

import assert from "node:assert/strict";
import { test } from "node:test";

import { logOut } from "./log_out.js";

/** @param {() => Promise<Pick<Response, "type">>} answer */
async function loggedOut(answer) {
  /** @type {string[]} */
  const done = [];
  const post = () => (done.push("asked"), answer());
  const erase = async () => void done.push("erased");
  return { hasEnded: await logOut({ post, erase }), done };
}

test("what is kept goes once the session has ended", async () => {
  const out = await loggedOut(async () => ({ type: "opaqueredirect" }));

  assert.deepEqual(out, { hasEnded: true, done: ["asked", "erased"] });
});

test("without an end of the session the lock stays", async () => {
  const noNetwork = await loggedOut(() => Promise.reject(new TypeError("Failed to fetch")));
  const refused = await loggedOut(async () => ({ type: "basic" }));

  for (const out of [noNetwork, refused]) assert.deepEqual(out, { hasEnded: false, done: ["asked"] });
});
