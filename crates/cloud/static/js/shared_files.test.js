// Messages after sharing: only a failure is reported.

import assert from "node:assert/strict";
import { test } from "node:test";

import { canShare, share } from "./shared_files.js";

/** @param {object} parts */
function browser(parts) {
  return /** @type {Navigator} */ (/** @type {unknown} */ (parts));
}

test("a browser that shares no files offers no sharing", () => {
  assert.equal(canShare(browser({})), false);
  assert.equal(canShare(browser({ canShare: () => false })), false);
  assert.equal(canShare(browser({ canShare: () => true })), true);
});

test("a person who changes their mind sees no failure", async () => {
  const refused = (/** @type {string} */ name) => ({
    canShare: () => true,
    share: () => Promise.reject(new DOMException("", name)),
  });

  assert.equal(await share(browser({ canShare: () => true, share: async () => {} }), []), true);
  assert.equal(await share(browser(refused("AbortError")), []), true);
  assert.equal(await share(browser(refused("NotAllowedError")), []), false);
  assert.equal(await share(browser({ canShare: () => false }), []), false);
});
