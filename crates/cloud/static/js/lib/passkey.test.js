// Conversion of passkey messages in both directions.

import assert from "node:assert/strict";
import { test } from "node:test";

import { creationOptions, credentialText, isAt, reasonOf, requestOptions } from "./passkey.js";

test("options are decoded to bytes for the browser", () => {
  const made = creationOptions({
    challenge: "AQI",
    user: { id: "Aw", name: "ana" },
    rp: { id: "localhost" },
    excludeCredentials: [{ type: "public-key", id: "BA" }],
  });
  const asked = requestOptions({ challenge: "AQI", rpId: "localhost", userVerification: "required" });

  assert.deepEqual(made.challenge, Uint8Array.of(1, 2));
  assert.deepEqual(made.user.id, Uint8Array.of(3));
  assert.deepEqual(made.excludeCredentials, [{ type: "public-key", id: Uint8Array.of(4) }]);
  assert.deepEqual(asked.allowCredentials, []);
  assert.equal(asked.userVerification, "required");
});

test("a passkey signature is sent without absent fields", () => {
  const response = {
    authenticatorData: Uint8Array.of(1),
    clientDataJSON: Uint8Array.of(2),
    signature: Uint8Array.of(3),
    userHandle: null,
  };
  const text = credentialText({ id: "BA", rawId: Uint8Array.of(4), type: "public-key", response });

  assert.deepEqual(JSON.parse(text), {
    id: "BA",
    rawId: "BA",
    type: "public-key",
    response: { authenticatorData: "AQ", clientDataJSON: "Ag", signature: "Aw" },
  });
});

test("every failure but an abort has a message", () => {
  const named = (/** @type {string} */ name) => new DOMException("", name);

  assert.equal(reasonOf(named("AbortError")), undefined);
  assert.equal(reasonOf(named("NotAllowedError")), "refused");
  assert.equal(reasonOf(named("InvalidStateError")), "known");
  assert.equal(reasonOf(named("SecurityError")), "elsewhere");
  assert.equal(reasonOf(new TypeError("fetch")), "broken");
  assert.equal(reasonOf("?"), "broken");
});

test("passkeys work at their host and its subdomains", () => {
  assert.ok(isAt("example.org", "example.org"));
  assert.ok(isAt("example.org", "cloud.example.org"));
  assert.ok(!isAt("example.org", "badexample.org"));
  assert.ok(!isAt("localhost", "127.0.0.1"));
});
