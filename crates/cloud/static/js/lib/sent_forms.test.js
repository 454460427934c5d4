// A form that is pressed twice is sent once, and can be sent again when its answer does not come.

import assert from "node:assert/strict";
import test from "node:test";

import { AGAIN_MS, SentForms } from "./sent_forms.js";

test("a form in flight is not sent again", () => {
  const sent = new SentForms();
  const [form, other] = [{}, {}];

  assert.equal(sent.maySend(form, 1000), true);
  assert.equal(sent.maySend(form, 1000 + AGAIN_MS - 1), false);
  assert.equal(sent.maySend(other, 1001), true);
});

test("an unanswered form may be sent again later", () => {
  const sent = new SentForms();
  const form = {};
  sent.maySend(form, 1000);

  assert.equal(sent.maySend(form, 1000 + AGAIN_MS), true);
  assert.equal(sent.maySend(form, 1001 + AGAIN_MS), false);
});

test("a restored page may send its forms again", () => {
  const sent = new SentForms();
  const form = {};
  sent.maySend(form, 1000);

  sent.forget();

  assert.equal(sent.maySend(form, 1001), true);
});
