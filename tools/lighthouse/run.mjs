// Lighthouse on pages of a running cloud, in a browser that is signed in already:
//   node run.mjs PORT URL...
// PORT is that of the browser's developer tools. Prints a table, what costs points, and fails below 95.

import lighthouse, { desktopConfig } from "lighthouse";

const LEAST = 95;
const [port, ...urls] = process.argv.slice(2);
const scores = [];
const complaints = [];

for (const url of urls) {
  for (const form of ["phone", "laptop"]) {
    const flags = { port: Number(port), disableStorageReset: true, logLevel: "error", output: "json" };
    const { lhr } = await lighthouse(url, flags, form === "laptop" ? desktopConfig : undefined);
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
    const row = { page: new URL(lhr.finalDisplayedUrl).pathname, on: form };
    for (const { id, score, auditRefs } of Object.values(lhr.categories)) {
      row[id] = Math.round((score ?? 0) * 100);
      for (const ref of auditRefs) {
        const audit = lhr.audits[ref.id];
        const costs = ref.weight > 0 && audit.score !== null && audit.score < 0.9;
        if (costs) complaints.push(`${row.page} on a ${form}, ${id}: ${audit.title} ${audit.displayValue ?? ""}`);
      }
    }
    scores.push(row);
  }
}

console.table(scores);
for (const complaint of complaints) console.log(complaint);
const low = scores.filter((row) => Object.values(row).some((value) => typeof value === "number" && value < LEAST));
if (low.length > 0) {
  console.error(`Below ${LEAST}:`, low.map(({ page, on }) => `${page} on a ${on}`).join(", "));
  process.exit(1);
}
