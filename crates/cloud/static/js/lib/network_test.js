// The connection test: a page asks for its address and connects to itself over the relay. It sends nothing about
// itself, and every step ends within seconds.

import { TRANSPORTS, mappedOf, median, natOf, urlsOf } from "./network_verdict.js";

/** @import {Found, Mapped} from "./network_verdict.js" */
/** @typedef {{stun: string[], ends: RTCIceServer[], has_ipv6: boolean}} TestServers */
/** @typedef {(config: RTCConfiguration) => RTCPeerConnection} MakePeer */

/** So long is waited for each answer. Browsers give UDP up after ten seconds; nobody waits that long for a picture. */
const WAIT_MS = 8_000;
const N_PINGS = 5;
/** Browsers slow down with many servers. */
const MAX_STUN = 4;

/**
 * Gives `null` after the time for an answer, or if `work` fails. Ends it in each case.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} work
 */
async function within(work) {
  const ended = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<null>} */
  const late = new Promise((resolve) => void (timer = setTimeout(resolve, WAIT_MS, null)));
  try {
    return await Promise.race([work(ended.signal), late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}

/** A peer connection until `signal` says so. @param {MakePeer} makePeer @param {RTCConfiguration} config @param {AbortSignal} signal */
function peerUntil(makePeer, config, signal) {
  const peer = makePeer(config);
  signal.addEventListener("abort", () => peer.close());
  return peer;
}

/**
 * Sends packets from this page over the relay to this page.
 * @param {MakePeer} makePeer @param {RTCIceServer[]} ends @param {string[]} urls
 * @returns {Promise<number | null>} The round trip to the relay in milliseconds.
 */
function pingOver(makePeer, ends, urls) {
  return within(async (signal) => {
    const at = (/** @type {RTCIceServer | undefined} */ end) =>
      peerUntil(makePeer, { iceServers: [{ ...end, urls }], iceTransportPolicy: "relay" }, signal);
    const [one, other] = [at(ends[0]), at(ends[1])];
    one.onicecandidate = ({ candidate }) => other.addIceCandidate(candidate ?? undefined).catch(() => {});
    other.onicecandidate = ({ candidate }) => one.addIceCandidate(candidate ?? undefined).catch(() => {});
    other.ondatachannel = ({ channel }) => {
      channel.onmessage = ({ data }) => channel.send(data);
    };
    const channel = one.createDataChannel("test");
    const opened = new Promise((resolve) => channel.addEventListener("open", resolve));
    // In this order each end knows the other before it can get a candidate of it.
    const offer = await one.createOffer();
    await other.setRemoteDescription(offer);
    await one.setLocalDescription(offer);
    const answer = await other.createAnswer();
    await one.setRemoteDescription(answer);
    await other.setLocalDescription(answer);
    await opened;
    const times = [];
    for (let n = 0; n < N_PINGS; n += 1) times.push(await ping(channel));
    // A ping and its echo each pass the relay: twice there and back.
    return median(times) / 2;
  });
}

/** @param {RTCDataChannel} channel @returns {Promise<number>} */
function ping(channel) {
  const at = performance.now();
  return new Promise((resolve) => {
    channel.onmessage = () => resolve(performance.now() - at);
    channel.send("ping");
  });
}

/**
 * Asks servers for this browser's address, over UDP.
 * @param {MakePeer} makePeer @param {string[]} stun
 */
async function addresses(makePeer, stun) {
  /** @type {Mapped[]} */
  const mapped = [];
  if (stun.length === 0) return mapped;
  await within(async (signal) => {
    const peer = peerUntil(makePeer, { iceServers: [{ urls: stun }] }, signal);
    const gathered = new Promise((resolve) => {
      peer.onicecandidate = ({ candidate }) => {
        const seen = candidate && mappedOf(candidate);
        if (seen) mapped.push(seen);
        if (!candidate) resolve(undefined);
      };
    });
    peer.createDataChannel("test");
    await peer.setLocalDescription(await peer.createOffer());
    await gathered;
  });
  return mapped;
}

/**
 * Opens the socket over which calls are set up.
 * @param {() => WebSocket} openSocket @param {(signal: AbortSignal) => Promise<boolean>} isFull
 * @returns {Promise<number | "busy" | null>}
 */
function reachCloud(openSocket, isFull) {
  return within(async (signal) => {
    const at = performance.now();
    const socket = openSocket();
    signal.addEventListener("abort", () => socket.close());
    const isOpen = await new Promise((resolve) => {
      socket.onopen = () => resolve(true);
      socket.onerror = () => resolve(false);
    });
    if (isOpen) return performance.now() - at;
    return (await isFull(signal)) ? "busy" : null;
  });
}

/**
 * Runs every test at once, and says each result as it comes.
 * @param {TestServers} servers
 * @param {{makePeer: MakePeer, openSocket: () => WebSocket, isFull: (signal: AbortSignal) => Promise<boolean>}} browser
 * @param {(found: Partial<Found>) => void} onFound
 * @returns {Promise<Found>}
 */
export async function testNetwork({ stun, ends, has_ipv6 }, { makePeer, openSocket, isFull }, onFound) {
  /** @param {Promise<Partial<Found>>} test */
  const tell = async (test) => {
    const found = await test;
    onFound(found);
    return found;
  };
  const asked = stun.slice(0, MAX_STUN);
  const tests = [
    reachCloud(openSocket, isFull).then((cloud) => ({ cloud })),
    addresses(makePeer, asked).then((mapped) => {
      const has = (/** @type {string} */ wanted) => mapped.some(({ family }) => family === wanted);
      const nServers = asked.filter((url) => !url.includes("[")).length;
      const v6 = has("v6") || (has_ipv6 ? false : undefined);
      return { v4: has("v4"), v6, nat: natOf(mapped, nServers) };
    }),
    ...TRANSPORTS.map(async (transport) => {
      const urls = urlsOf([ends[0]?.urls ?? []].flat(), transport);
      return { [transport]: urls.length > 0 ? await pingOver(makePeer, ends, urls) : undefined };
    }),
  ];
  const all = await Promise.all(tests.map(tell));
  return /** @type {Found} */ (Object.assign({}, ...all));
}
