// What a peer connection says about the path in use. Takes what getStats() gives; no DOM.

/** @typedef {{path: "direct" | "relayed", rttMs: number | undefined}} Path */

/**
 * The path that media takes now, or undefined while there is none.
 * @param {ReadonlyMap<string, any>} report
 * @returns {Path | undefined}
 */
export function pathOf(report) {
  const pair = selectedPair(report);
  if (!pair) return undefined;
  const ends = [report.get(pair.localCandidateId), report.get(pair.remoteCandidateId)];
  const isRelayed = ends.some((end) => end?.candidateType === "relay");
  const seconds = pair.currentRoundTripTime;
  return {
    path: isRelayed ? "relayed" : "direct",
    rttMs: typeof seconds === "number" ? Math.max(1, Math.round(seconds * 1000)) : undefined,
  };
}

/**
 * A number that differs after every packet or connectivity check that came over the path in use.
 * @param {ReadonlyMap<string, any>} report
 * @returns {number}
 */
export function receivedOf(report) {
  const pair = selectedPair(report) ?? {};
  const counts = [pair.packetsReceived, pair.requestsReceived, pair.responsesReceived];
  // Firefox counts no packets of a pair.
  for (const entry of report.values()) {
    if (entry.type === "inbound-rtp") counts.push(entry.packetsReceived);
  }
  return counts.reduce((sum, count) => sum + (typeof count === "number" ? count : 0), 0);
}

/** @param {ReadonlyMap<string, any>} report */
function selectedPair(report) {
  const entries = [...report.values()];
  const transport = entries.find((entry) => entry.type === "transport" && entry.selectedCandidatePairId);
  if (transport) return report.get(transport.selectedCandidatePairId);
  // Firefox marks the pair itself.
  return entries.find((entry) => entry.type === "candidate-pair" && entry.selected);
}
