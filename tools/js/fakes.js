// Stand-ins for time, socket, data channel and peer connection, for the tests of static/js/lib.

/** Time that stands still until a test moves it. */
export class FakeClock {
  #now = 0;
  #nextId = 1;
  /** @type {Map<number, {at: number, run: () => void}>} */
  #timers = new Map();

  /** @param {() => void} run @param {number} ms */
  setTimeout(run, ms) {
    this.#timers.set(this.#nextId, { at: this.#now + ms, run });
    return this.#nextId++;
  }

  /** @param {any} id */
  clearTimeout(id) {
    this.#timers.delete(id);
  }

  now() {
    return this.#now;
  }

  random() {
    return 0.5;
  }

  get nTimers() {
    return this.#timers.size;
  }

  /** Runs what is due within `ms`, in order, and lets promises settle after each. @param {number} ms */
  async pass(ms) {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.#now = due[1].at;
      due[1].run();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets everything that waits for a promise go on. */
export function settle() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The cloud's end of a WebSocket. */
export class FakeSocket {
  /** @type {any} */ onopen = null;
  /** @type {any} */ onmessage = null;
  /** @type {any} */ onclose = null;
  /** @type {any[]} */
  sent = [];
  isClosed = false;

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.isClosed = true;
  }

  /** @param {object} message */
  receive(message) {
    this.onmessage?.({ data: JSON.stringify({ jsonrpc: "2.0", ...message }) });
  }

  /** The requests sent with this method. @param {string} method */
  requests(method) {
    return this.sent.filter((message) => message.method === method);
  }

  /** Answers the last request of a method. @param {string} method @param {object} result */
  async answer(method, result) {
    this.receive({ id: this.requests(method).at(-1).id, result });
    await settle();
  }

  /** Refuses the last request of a method. @param {string} method @param {number} code */
  async refuse(method, code) {
    this.receive({ id: this.requests(method).at(-1).id, error: { code, message: "no" } });
    await settle();
  }
}

/** A data channel that a test opens. */
export class FakeChannel extends FakeSocket {
  readyState = "connecting";

  async open() {
    this.readyState = "open";
    this.onopen?.({});
    await settle();
  }
}

/** A peer connection that notes what is done with it. */
export class FakePeer {
  /** @type {any} */ onicecandidate = null;
  /** @type {any} */ onconnectionstatechange = null;
  /** @type {any} */ ontrack = null;
  connectionState = "new";
  /** @type {string[]} */ did = [];
  /** @type {any[]} */ candidates = [];
  /** @type {any} */ config;
  /** @type {any[]} */ receivers = [];
  channel = new FakeChannel();
  /** @type {{label: string, protocol: string} | undefined} */ channelNames;

  /** @param {any} config */
  constructor(config) {
    this.config = config;
  }

  /** @param {any} config */
  setConfiguration(config) {
    this.config = config;
  }

  /** @param {{sdp: string}} description */
  async setRemoteDescription({ sdp }) {
    this.did.push(`remote ${sdp}`);
  }

  async createAnswer() {
    return { type: "answer", sdp: "the answer" };
  }

  /** @param {{sdp: string}} description */
  async setLocalDescription({ sdp }) {
    this.did.push(`local ${sdp}`);
  }

  /** @param {any} candidate */
  async addIceCandidate(candidate) {
    this.candidates.push(candidate.candidate);
  }

  /** @param {string} label @param {{protocol: string}} options */
  createDataChannel(label, { protocol }) {
    this.channelNames = { label, protocol };
    return this.channel;
  }

  /** The packets that came so far, for getStats. */
  nPackets = 0;

  getReceivers() {
    return [];
  }

  getTransceivers() {
    return this.receivers.map((receiver) => ({ receiver }));
  }

  async getStats() {
    return new Map([["in", { type: "inbound-rtp", packetsReceived: this.nPackets }]]);
  }

  close() {
    this.did.push("close");
  }

  /** @param {string} state */
  async become(state) {
    this.connectionState = state;
    this.onconnectionstatechange?.({});
    await settle();
  }

  /** Adds tracks as an offer would, and tells of each. @param {string[]} kinds */
  offerTracks(kinds) {
    const receivers = kinds.map((kind, i) => ({ track: { kind, id: `${kind} ${i}` } }));
    this.receivers = receivers;
    receivers.forEach((receiver) => this.ontrack?.({ receiver, track: receiver.track }));
  }
}
