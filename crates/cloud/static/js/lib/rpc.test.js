// JSON-RPC: matching answers to requests, garbage and silence.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeClock, settle } from "../../../../../tools/js/fakes.js";
import { Rpc, RpcError } from "./rpc.js";

/** @param {Partial<import("./rpc.js").RpcOptions>} [options] */
function make(options) {
  /** @type {any[]} */
  const sent = [];
  const clock = new FakeClock();
  const rpc = new Rpc({ clock, send: (text) => sent.push(JSON.parse(text)), ...options });
  return { rpc, sent, clock, receive: (/** @type {object} */ m) => rpc.receive(JSON.stringify(m)) };
}

test("answers match their requests in any order", async () => {
  const { rpc, sent, receive } = make();
  const first = rpc.request("a");
  const second = rpc.request("b", { x: 1 });

  receive({ id: sent[1].id, result: "B" });
  receive({ id: sent[0].id, result: "A" });

  assert.deepEqual([await first, await second], ["A", "B"]);
  assert.deepEqual(sent[1], { jsonrpc: "2.0", id: 2, method: "b", params: { x: 1 } });
});

test("an id returned as text still matches", async () => {
  const { rpc, sent, receive } = make();
  const answer = rpc.request("a");

  receive({ id: String(sent[0].id), result: {} });

  assert.deepEqual(await answer, {});
});

test("a refusal carries its code", async () => {
  const { rpc, sent, receive } = make();
  const answer = rpc.request("connect");

  receive({ id: sent[0].id, error: { code: 480, message: "temporarily unavailable" } });

  await assert.rejects(answer, (error) => error instanceof RpcError && error.code === 480);
});

test("an unanswered request ends with 408", async () => {
  const { rpc, clock } = make();
  const answer = rpc.request("a", {}, 1_000);
  const refused = assert.rejects(answer, (error) => error instanceof RpcError && error.code === 408);

  await clock.pass(1_000);

  await refused;
  assert.equal(clock.nTimers, 0);
});

test("no refusal that comes in says that this end is lost", async () => {
  const { rpc, receive } = make();

  for (const [id, code] of [[1, 0], [2, "0"], [3, undefined], [4, "x"]]) {
    const refused = assert.rejects(rpc.request("a"), { code: 400 });
    receive({ id, error: { code, message: "" } });
    await refused;
  }
});

test("garbage and late answers change nothing", () => {
  const { rpc, sent, receive } = make();

  for (const text of ["", "nonsense", "null", "7", "[]", "{}", undefined]) rpc.receive(text);
  receive({ id: 99, result: {} });

  assert.equal(sent.length, 0);
});

test("requests from the other side are answered or refused", async () => {
  const { sent, receive } = make({
    onRequest: async (method) => {
      if (method === "invite") return { answer: "sdp" };
      if (method === "broken") throw new TypeError("bad offer");
      throw new RpcError(404, "no such session");
    },
  });

  receive({ id: "7", method: "invite", params: {} });
  receive({ id: 8, method: "broken" });
  receive({ id: 9, method: "other" });
  await settle();

  assert.deepEqual(sent[0], { jsonrpc: "2.0", id: "7", result: { answer: "sdp" } });
  assert.deepEqual([sent[1].error.code, sent[2].error.code], [400, 404]);
});

test("an error without an id is a notification", () => {
  /** @type {any[]} */
  const heard = [];
  const { receive } = make({ onNotification: (method, params) => heard.push([method, params.code]) });

  receive({ error: { code: 410, message: "gone", session: "s" } });

  assert.deepEqual(heard, [["error", 410]]);
});
