// What a peer connection says about the path in use. Takes what getStats() gives; no DOM.

/** @typedef {"udp" | "tcp" | "tls"} RelayTransport */
/**
 * What the recorder's end says about the path. Only it knows about its router's port mapping, and how
 * it reaches its relay.
 * @typedef {{kind: "direct" | "mapped" | "relayed", over?: RelayTransport}} ToldPath
 */
/** @typedef {{path: "direct" | "mapped" | "relayed", over: RelayTransport | undefined, rttMs: number | undefined}} Path */

/** From the best to the one that holds up pictures most. @type {readonly (RelayTransport | undefined)[]} */
const TRANSPORTS = ["udp", "tcp", "tls"];

/**
 * The path that media takes now, or undefined while there is none.
 * @param {ReadonlyMap<string, any>} report
 * @param {ToldPath} [told]
 * @returns {Path | undefined}
 */
export function pathOf(report, told) {
  const pair = selectedPair(report);
  if (!pair) return undefined;
  const local = report.get(pair.localCandidateId);
  const remote = report.get(pair.remoteCandidateId);
  const seconds = pair.currentRoundTripTime;
  const rttMs = typeof seconds === "number" ? Math.max(1, Math.round(seconds * 1000)) : undefined;
  const ours = local?.candidateType === "relay" ? (local.relayProtocol ?? "udp") : undefined;
  const theirs = told?.kind === "relayed" ? told.over : undefined;
  if (ours || theirs || remote?.candidateType === "relay") {
    // With a relay at both ends the slower way of the two is what people notice.
    const over = TRANSPORTS[Math.max(TRANSPORTS.indexOf(ours), TRANSPORTS.indexOf(theirs))];
    return { path: "relayed", over, rttMs };
  }
  return { path: told?.kind === "mapped" ? "mapped" : "direct", over: undefined, rttMs };
}

/**
 * A number that differs after every packet or connectivity check that came over the path in use.
 * @param {ReadonlyMap<string, any>} report
 * @returns {number}
 */
export function receivedOf(report) {
  const pair = selectedPair(report) ?? {};
  // Firefox counts no packets of a pair, and nothing else of what comes over a data channel.
  const counts = [pair.packetsReceived, pair.requestsReceived, pair.responsesReceived, pair.bytesReceived];
  for (const entry of report.values()) {
    if (entry.type === "inbound-rtp") counts.push(entry.packetsReceived);
  }
  return counts.reduce((sum, count) => sum + (typeof count === "number" ? count : 0), 0);
}

/** Counts what goes over the path in use, both ways. */
export class TrafficCount {
  /** @type {{id: unknown, bytes: number}} */
  #last = { id: undefined, bytes: 0 };

  /** Bytes since the last report. @param {ReadonlyMap<string, any>} report */
  take(report) {
    const entries = [...report.values()];
    // Firefox counts by pair, and another pair starts again.
    const counter = entries.find((it) => it.type === "transport" && it.bytesReceived !== undefined) ?? selectedPair(report);
    if (!counter) return 0;
    const bytes = (counter.bytesReceived ?? 0) + (counter.bytesSent ?? 0);
    const before = counter.id === this.#last.id ? this.#last.bytes : 0;
    this.#last = { id: counter.id, bytes };
    return Math.max(0, bytes - before);
  }
}

/**
 * A report with the path in use. One receiver of pictures stands for all: they share the path, and a full report costs
 * more. A receiver that has received nothing knows no path.
 * @param {{getReceivers: () => any[], getStats: () => Promise<any>}} connection
 * @returns {Promise<ReadonlyMap<string, any>>}
 */
export async function pathReport(connection) {
  const receiver = connection.getReceivers().find(({ track }) => track.kind === "video");
  const report = await receiver?.getStats();
  return report && selectedPair(report) ? report : connection.getStats();
}

/** @param {ReadonlyMap<string, any>} report */
function selectedPair(report) {
  const entries = [...report.values()];
  const transport = entries.find((entry) => entry.type === "transport" && entry.selectedCandidatePairId);
  if (transport) return report.get(transport.selectedCandidatePairId);
  // Firefox marks the pair itself.
  return entries.find((entry) => entry.type === "candidate-pair" && entry.selected);
}
