// Does the work of a form beside the page, so that it goes on answering.

import { solve } from "./lib/work.js";

addEventListener("message", ({ data }) => postMessage(solve(data)));
