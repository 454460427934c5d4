// A form that is pressed twice is sent once, and can be sent again when its answer does not come.

import assert from "node:assert/strict";
import test from "node:test";

import { AGAIN_MS, SentForms } from "./sent_forms.js";

test("a form that is on its way is not sent again", () => {
  const sent = new SentForms();
  const [form, other] = [{}, {}];

  assert.equal(sent.maySend(form, 1000), true);
  assert.equal(sent.maySend(form, 1000 + AGAIN_MS - 1), false);
  assert.equal(sent.maySend(other, 1001), true);
});

test("a form whose answer does not come may be sent again after a while", () => {
  const sent = new SentForms();
  const form = {};
  sent.maySend(form, 1000);

  assert.equal(sent.maySend(form, 1000 + AGAIN_MS), true);
  assert.equal(sent.maySend(form, 1001 + AGAIN_MS), false);
});

test("a page that comes back from the browser's memory may send its forms anew", () => {
  const sent = new SentForms();
  const form = {};
  sent.maySend(form, 1000);

  sent.forget();

  assert.equal(sent.maySend(form, 1001), true);
});
