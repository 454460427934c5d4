// How a tab gets the claim that another tab of this browser keeps: the one that a mail's button opened, from the one
// that waited for the mail.

import { keptClaim } from "./claim.js";
import { ClaimExchange } from "./lib/claim_exchange.js";
import { CLAIM } from "./person.js";

export const claimExchange = new ClaimExchange({
  channel: "BroadcastChannel" in globalThis ? new BroadcastChannel(CLAIM) : undefined,
  kept: keptClaim,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});
