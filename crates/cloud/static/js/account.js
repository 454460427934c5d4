// The pages of registering, logging in and a forgotten password. A tab that waits for a mail hands its claim to the tab
// that the mail's button opens.

import { holdsClaim } from "./person.js";

if (holdsClaim()) void import("./claim_tabs.js");
