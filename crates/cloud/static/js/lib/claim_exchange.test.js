// Rules of handing a claim over between tabs.

import assert from "node:assert/strict";
import test from "node:test";

import { ClaimExchange } from "./claim_exchange.js";

/** @typedef {import("./claim_exchange.js").Channel} Channel */

/** Tabs of one browser: what one posts, all others hear. */
function browser() {
  /** @type {Channel[]} */
  const channels = [];
  return (/** @type {string | undefined} */ claim) => {
    /** @type {Channel} */
    const channel = {
      onmessage: null,
      postMessage: (data) => {
        for (const other of channels) if (other !== channel) other.onmessage?.(/** @type {MessageEvent} */ ({ data }));
      },
    };
    channels.push(channel);
    const kept = { take: () => [claim, (claim = undefined)][0] };
    return { kept, exchange: new ClaimExchange({ channel, kept, wait: async () => undefined }) };
  };
}

test("a claim goes to the tab that asks, once", async () => {
  const tab = browser();
  const first = tab("PV-1:ABCDEF");
  tab(undefined);
  const mailed = tab(undefined);

  assert.equal(await mailed.exchange.ask(), "PV-1:ABCDEF");
  assert.equal(first.kept.take(), undefined);
  assert.equal(await mailed.exchange.ask(), undefined);
});

test("a tab that asks without others goes on", async () => {
  assert.equal(await browser()(undefined).exchange.ask(), undefined);
  const alone = new ClaimExchange({ channel: undefined, kept: { take: () => "x" }, wait: async () => undefined });
  assert.equal(await alone.ask(), undefined);
});
