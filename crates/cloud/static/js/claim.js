// The recorder of a claim link that was opened before log in, in this tab, and how another tab gets it.

import { ClaimExchange } from "./lib/claim_exchange.js";
import { KeptClaim } from "./lib/kept_claim.js";
import { CLAIM } from "./person.js";

export const keptClaim = new KeptClaim({ key: CLAIM, store: () => sessionStorage, now: () => Date.now() });

export const claimExchange = new ClaimExchange({
  channel: "BroadcastChannel" in globalThis ? new BroadcastChannel(CLAIM) : undefined,
  kept: keptClaim,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});
