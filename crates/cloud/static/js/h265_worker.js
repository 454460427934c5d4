// Decodes the H.265 of one tile beside the page, so that the page goes on answering. Its response alone allows
// WebAssembly (guard.rs); the page's own policy does not.

import { DECODER, SoftwareDecoder } from "./lib/libde265.js";

/** @import {DecoderReply, DecoderWork} from "./lib/software_h265.js" */

const loading = load();

addEventListener("message", async ({ data }) => {
  const reply = await decode(data).catch(() => broken);
  // Handed over, not copied.
  postMessage(reply, { transfer: reply.picture ? [reply.picture.data.buffer] : [] });
});

/** @type {DecoderReply} */
const broken = { result: "broken", picture: undefined };

async function load() {
  const { file, integrity } = DECODER;
  const response = await fetch(new URL(`../vendor/${file}`, import.meta.url), { integrity });
  return SoftwareDecoder.load(await response.arrayBuffer());
}

/** @param {DecoderWork} work @returns {Promise<DecoderReply>} */
async function decode({ unit, isStart }) {
  const decoder = await loading;
  if (isStart) decoder.restart();
  return decoder.decode(unit);
}
