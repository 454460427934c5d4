// The recorder of a claim link that was opened before log in, in this tab.

import { KeptClaim } from "./lib/kept_claim.js";
import { CLAIM } from "./person.js";

export const keptClaim = new KeptClaim({ key: CLAIM, store: () => sessionStorage, now: () => Date.now() });
