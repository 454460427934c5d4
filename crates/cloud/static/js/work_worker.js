// Solves the proof of work of a form in a worker, so that the page stays responsive.

import { solve } from "./lib/work.js";

addEventListener("message", ({ data }) => postMessage(solve(data)));
