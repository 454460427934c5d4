// Bytes to base64url, and back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesOf, textOf } from "./base64url.js";

test("bytes survive encoding and decoding", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);

  assert.deepEqual(bytesOf(textOf(bytes)), bytes);
  assert.match(textOf(Uint8Array.of(251, 255, 254)), /^-__-$/);
  assert.equal(textOf(new Uint8Array()), "");
});
