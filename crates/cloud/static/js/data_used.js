// Counts on this device how much data Live view has used. The numbers are never sent.

import { USED, addUsed, readUsed } from "./lib/data_used.js";
import { networkOf } from "./lib/quality.js";
import { network } from "./network.js";
import { read, write } from "./person.js";
import { traffic } from "./watch.js";

const KEEP_EVERY_MS = 5_000;

export function keepDataUsed() {
  let told = 0;
  let kind = networkOf(network);
  const keep = () => {
    const bytes = traffic.bytes - told;
    told = traffic.bytes;
    // Read again each time: other tabs count too.
    if (bytes > 0) write(USED, JSON.stringify(addUsed(readUsed(read(USED)), bytes, kind, new Date())));
    kind = networkOf(network);
  };
  setInterval(keep, KEEP_EVERY_MS);
  addEventListener("pagehide", keep);
  // What came before belongs to the network before.
  network?.addEventListener("change", keep);
}
