// The result of a connection test, and the advice that follows from it. No browser is needed here.

/** @typedef {"udp" | "tcp" | "tls"} Transport */
/** @typedef {{family: "v4" | "v6", address: string, port: number}} Mapped An address as servers see it. */
/** @typedef {"one" | "same" | "changes" | "none"} Nat How a network gives out ports: "one" was seen once only. */
/**
 * What was found: milliseconds of a round trip, `null` where nothing came back, `undefined` where this cloud
 * has nothing to test. "busy": the cloud has no place free for one more socket.
 * @typedef {{cloud: number | "busy" | null, v4: boolean, v6: boolean | undefined, nat: Nat} & Record<Transport, number | null | undefined>} Found
 */
/** @typedef {"direct" | "helped" | "relay" | "stream" | "none" | "norelay" | "cloud" | "busy"} Verdict */

/** @type {readonly Transport[]} */
export const TRANSPORTS = ["udp", "tcp", "tls"];

/** The URLs of one transport. @param {string[]} urls @param {Transport} transport */
export function urlsOf(urls, transport) {
  if (transport === "tls") return urls.filter((url) => url.startsWith("turns:"));
  return urls.filter((url) => url.startsWith("turn:") && url.endsWith(`transport=${transport}`));
}

/**
 * The public address in a candidate, or nothing: addresses of this network are not looked at.
 * @param {{type?: string | null, address?: string | null, port?: number | null}} candidate
 * @returns {Mapped | undefined}
 */
export function mappedOf({ type, address, port }) {
  if (type !== "srflx" || !address || !port) return undefined;
  return { family: address.includes(":") ? "v6" : "v4", address, port };
}

/**
 * How the network gives out IPv4 ports, from the addresses that `nServers` servers saw. A browser names an
 * address once, however many servers saw it.
 * @param {Mapped[]} mapped @param {number} nServers @returns {Nat}
 */
export function natOf(mapped, nServers) {
  const v4 = mapped.filter(({ family }) => family === "v4");
  if (v4.length === 0) return "none";
  /** @type {Map<string, Set<number>>} */
  const ports = new Map();
  for (const { address, port } of v4) ports.set(address, (ports.get(address) ?? new Set()).add(port));
  if ([...ports.values()].some((seen) => seen.size > 1)) return "changes";
  return nServers > 1 ? "same" : "one";
}

/** What the person is told first. @param {Found} found @returns {Verdict} */
export function verdictOf({ cloud, v4, v6, nat, udp, tcp, tls }) {
  // Without it no call is set up, whatever else works.
  if (cloud === null) return "cloud";
  if (cloud === "busy") return "busy";
  const has = (/** @type {number | null | undefined} */ ms) => typeof ms === "number";
  if (v4 || v6) return nat === "changes" && !v6 ? "helped" : "direct";
  if (has(udp)) return "relay";
  if (has(tcp) || has(tls)) return "stream";
  return [udp, tcp, tls].every((ms) => ms === undefined) ? "norelay" : "none";
}

/** The middle one of some measurements. @param {number[]} all */
export function median(all) {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
