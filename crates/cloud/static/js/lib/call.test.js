// A call: the order of its set-up, and recovery from every kind of failure.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeClock, FakePeer, FakeSocket, settle } from "../../../../../tools/js/fakes.js";
import { Call } from "./call.js";
import { CallSocket } from "./call_socket.js";

const WATCH = [{ slot: 0, camera: "1", stream: /** @type {const} */ ("sub") }];
const OFFER = "v=0\r\nm=video\r\nm=application\r\n";

/** @param {() => void} [refuse] What a browser without WebRTC does. */
function make(refuse = () => {}, isFull = async () => false) {
  const clock = new FakeClock();
  const wire = new FakeSocket();
  /** @type {FakeSocket[]} */
  const opened = [];
  const open = () => {
    opened.push(opened.length === 0 ? wire : new FakeSocket());
    return /** @type {FakeSocket} */ (opened.at(-1));
  };
  const socket = new CallSocket({ open, isFull, clock });
  /** @type {FakePeer[]} */
  const peers = [];
  /** @type {string[]} */
  const states = [];
  /** @type {any[]} */
  const heard = [];
  /** @type {any[]} */
  const leaving = [];
  const call = new Call({
    socket,
    clock,
    serial: "PV-1",
    nSlots: 4,
    policy: "all",
    decoders: Promise.resolve(["peerview.video.1/jpeg"]),
    makePeer: (config) => {
      refuse();
      peers.push(new FakePeer(config));
      return /** @type {any} */ (peers.at(-1));
    },
    events: {
      onState: (state, trouble) => states.push(trouble ? `${state} ${trouble}` : state),
      onLeaving: () => leaving.push(peers.at(-1)?.did.includes("close")),
      onVideo: (slot, track) => heard.push(["video", slot, track.id]),
      onAudio: (track) => heard.push(["audio", track.id]),
      onPiece: (slot, message) => heard.push(["piece", slot, message]),
      onSlot: (slot) => heard.push(["slot", slot.slot, slot.state]),
      onCameras: () => {},
    },
  });
  socket.start();
  wire.onopen({});
  return { call, clock, wire, opened, peers, states, heard, leaving, peer: () => /** @type {FakePeer} */ (peers.at(-1)) };
}

/** @param {ReturnType<typeof make>} world @param {string} [session] */
async function connect({ call, wire, peer }, session = "s1") {
  call.watch(WATCH);
  await wire.answer("connect", { session, iceServers: [{ urls: ["stun:x"] }], expiryTimeSeconds: 60 });
  wire.receive({ id: 70, method: "invite", params: { session, offer: OFFER } });
  await settle();
  await peer().become("connected");
}

test("connect names the watched cameras at once", () => {
  const { call, wire } = make();

  call.watch(WATCH);

  const [{ params }] = wire.requests("connect");
  assert.deepEqual(params, { peer: "PV-1", "peerview/slots": 4, "peerview/estimate": true, "peerview/watch": WATCH, "peerview/relayed": false });
});

test("a browser without WebRTC says so and is left alone", async () => {
  const { call, clock, wire, states } = make(() => {
    throw new ReferenceError("RTCPeerConnection is not defined");
  });

  call.watch(WATCH);
  await clock.pass(60_000);

  assert.deepEqual(states, ["connecting", "away unsupported"]);
  assert.deepEqual(wire.requests("connect"), []);
});

test("an offer is answered and its channel is opened", async () => {
  const world = make();

  await connect(world);

  const answer = world.wire.sent.find(({ id, result }) => id === 70 && result);
  assert.deepEqual(answer.result, { answer: "the answer", subprotocols: ["peerview.control.1", "peerview.video.1/jpeg"] });
  assert.deepEqual(world.peer().did, [`remote ${OFFER}`, "local the answer"]);
  assert.deepEqual(world.peer().channelNames, { label: "peerview.control.1", protocol: "peerview.control.1" });
  assert.deepEqual(world.peer().config.iceServers, [{ urls: ["stun:x"] }]);
  assert.deepEqual(world.states, ["connecting", "up"]);
});

test("candidates received before the offer are kept", async () => {
  const { call, wire, peer } = make();
  call.watch(WATCH);
  await wire.answer("connect", { session: "s1" });

  wire.receive({ method: "trickle", params: { session: "s1", candidate: { candidate: "early" } } });
  assert.deepEqual(peer().candidates, []);
  wire.receive({ id: 1, method: "invite", params: { session: "s1", offer: OFFER } });
  await settle();
  for (const candidate of [{ candidate: "late" }, { candidate: "" }, null, {}]) {
    wire.receive({ method: "trickle", params: { session: "s1", candidate } });
  }

  assert.deepEqual(peer().candidates, ["early", "late"]);
});

test("own candidates and their end are sent with the session", async () => {
  const world = make();
  await connect(world);

  world.peer().onicecandidate({ candidate: { toJSON: () => ({ candidate: "mine", sdpMid: "0" }) } });
  world.peer().onicecandidate({ candidate: null });

  assert.deepEqual(world.wire.requests("trickle").map(({ params, id }) => [id, params]), [
    [undefined, { session: "s1", candidate: { candidate: "mine", sdpMid: "0" } }],
    [undefined, { session: "s1", candidate: { candidate: "" } }],
  ]);
});

test("the slot is the index among the video lines", async () => {
  const world = make();
  await connect(world);

  world.peer().offerTracks(["video", "audio", "video"]);

  assert.deepEqual(world.heard, [["video", 0, "video 0"], ["audio", "audio 1"], ["video", 1, "video 2"]]);
});

test("a second invite restarts ICE on the same connection", async () => {
  const world = make();
  await connect(world);

  world.wire.receive({ id: 71, method: "invite", params: { session: "s1", offer: "m=application again" } });
  await settle();

  assert.equal(world.peers.length, 1);
  assert.equal(world.peer().did.filter((done) => done.startsWith("remote")).length, 2);
});

test("a silent path is replaced automatically", async () => {
  const world = make();
  await connect(world);
  await world.clock.pass(6_000);

  await world.peer().become("disconnected");
  assert.equal(world.wire.requests("peerview/restart").length, 1);
  await world.clock.pass(9_900);
  assert.equal(world.peers.length, 1);
  await world.clock.pass(200);

  assert.equal(world.peers.length, 2);
  assert.deepEqual(world.peers[0]?.did.at(-1), "close");
  assert.equal(world.wire.requests("close")[0].params.session, "s1");
  assert.deepEqual(world.states, ["connecting", "up", "connecting", "connecting"]);
});

test("a briefly silent path is kept", async () => {
  const world = make();
  await connect(world);

  await world.peer().become("disconnected");
  await world.clock.pass(2_000);
  await world.peer().become("connected");
  await world.clock.pass(10_000);

  assert.equal(world.peers.length, 1);
});

test("a dead path is restarted within the same call", async () => {
  const world = make();
  await connect(world);
  await world.peer().channel.open();

  await world.clock.pass(1_800);
  assert.deepEqual(world.wire.requests("peerview/restart").map(({ params }) => params), [{ session: "s1" }]);
  await world.wire.answer("peerview/restart", {});
  const iceServers = [{ urls: ["turn:x"], username: "fresh", credential: "x" }];
  const params = { session: "s1", offer: "m=application again", "peerview/iceServers": iceServers };
  world.wire.receive({ id: 71, method: "invite", params });
  await settle();
  world.peer().nPackets += 1;
  await world.peer().become("connected");
  await world.clock.pass(250);

  assert.deepEqual(world.peer().config.iceServers, iceServers);
  assert.equal(world.peers.length, 1);
  assert.deepEqual(world.states, ["connecting", "up"]);
  assert.equal(world.wire.requests("peerview/restart").length, 1);
});

test("a dead socket is replaced as soon as there is a network", async () => {
  const world = make();
  await connect(world);
  await world.peer().channel.open();

  await world.clock.pass(4_500);
  assert.ok(world.opened.length >= 3, "the second one was dialled too early");
  world.opened.at(-1)?.onopen({});
  await settle();

  const asked = world.opened.at(-1)?.requests("peerview/restart").map(({ params }) => params);
  assert.deepEqual(asked, [{ session: "s1" }]);
});

test("a path without pictures stays while pings are answered", async () => {
  const world = make();
  await connect(world);
  const { channel } = world.peer();
  await channel.open();

  for (let second = 0; second < 120; second += 1) {
    await world.clock.pass(1_000);
    for (const { id } of channel.requests("ping")) channel.receive({ id, result: {} });
    channel.sent = [];
  }

  assert.equal(world.wire.requests("peerview/restart").length, 0);
  assert.equal(world.peers.length, 1);
});

test("a call that the cloud forgot is replaced when its path dies", async () => {
  const world = make();
  await connect(world);
  await world.peer().channel.open();

  await world.clock.pass(1_800);
  await world.wire.refuse("peerview/restart", 404);
  await world.clock.pass(1_000);

  assert.equal(world.peers.length, 2);
});

test("two offers at once are answered in turn", async () => {
  const world = make();
  await connect(world);

  for (const id of [71, 72]) {
    world.wire.receive({ id, method: "invite", params: { session: "s1", offer: `m=application ${id}` } });
  }
  world.wire.receive({ method: "trickle", params: { session: "s1", candidate: { candidate: "of 72" } } });
  await settle();

  const { did, candidates } = world.peer();
  assert.deepEqual(did.slice(-4), [
    "remote m=application 71",
    "local the answer",
    "remote m=application 72",
    "local the answer",
  ]);
  assert.deepEqual(candidates, ["of 72"]);
});

test("an offline recorder is called again when it comes back", async () => {
  const { call, wire, peers, states } = make();
  call.watch(WATCH);
  await wire.refuse("connect", 480);
  assert.deepEqual(states, ["connecting", "away recorder-offline"]);

  wire.receive({ method: "peerview/presence", params: { serial: "PV-2", isOnline: true } });
  assert.equal(peers.length, 1);
  wire.receive({ method: "peerview/presence", params: { serial: "PV-1", isOnline: true } });

  assert.equal(peers.length, 2);
});

test("a recorder whose link is lost is offline", async () => {
  const { call, wire, states, clock } = make();
  call.watch(WATCH);
  await wire.refuse("connect", 1002);
  assert.equal(states.at(-1), "away recorder-offline");

  await clock.pass(1_000);
  await wire.answer("connect", { session: "s2" });
  wire.receive({ method: "error", params: { session: "s2", code: 1002, message: "the recorder's connection closed" } });

  assert.equal(states.at(-1), "away recorder-offline");
});

test("only a phone without the cloud says so", async () => {
  const { call, wire, states } = make();
  call.watch(WATCH);

  wire.onclose({ code: 1006 });
  await settle();

  assert.equal(states.at(-1), "away no-cloud");
});

test("a cloud without a free place is not called away", async () => {
  let isFull = true;
  const { call, wire, opened, states, clock } = make(undefined, async () => isFull);
  call.watch(WATCH);
  wire.onclose({ code: 1006 });
  await settle();
  assert.equal(states.at(-1), "away no-cloud", "this socket was open");

  await clock.pass(2_000);
  assert.equal(opened.length, 2);
  opened.at(-1)?.onclose({ code: 1006 });
  await settle();
  assert.equal(states.at(-1), "away cloud-full");

  isFull = false;
  await clock.pass(4_000);
  opened.at(-1)?.onclose({ code: 1006 });
  await settle();
  assert.equal(states.at(-1), "away no-cloud");
});

test("a last picture can be kept before a connection ends", async () => {
  const world = make();
  await connect(world);
  assert.deepEqual(world.leaving, []);

  await world.peer().become("failed");

  assert.deepEqual(world.leaving, [false]);
  assert.deepEqual(world.peer().did.at(-1), "close");
});

test("a missing path is reported and retried", async () => {
  const { call, clock, wire, peers, peer, states } = make();
  call.watch(WATCH);
  await wire.answer("connect", { session: "s1" });

  await peer().become("failed");
  assert.equal(states.at(-1), "away no-path");
  await clock.pass(15_000);

  assert.ok(peers.length >= 2);
});

test("waiting for an invite times out", async () => {
  const { call, clock, wire, states } = make();
  call.watch(WATCH);
  await wire.answer("connect", { session: "s1" });

  await clock.pass(15_000);

  assert.equal(states.at(-1), "away no-path");
});

test("a call is extended before its time runs out", async () => {
  const world = make();
  await connect(world);

  await world.clock.pass(30_000);
  await world.wire.answer("extend", { expiryTimeSeconds: 100 });
  await world.clock.pass(49_000);
  assert.equal(world.wire.requests("extend").length, 1);
  await world.clock.pass(2_000);

  assert.equal(world.wire.requests("extend").length, 2);
});

test("a call survives losing the cloud", async () => {
  const world = make();
  await connect(world);

  world.wire.onclose({ code: 1006 });
  await world.clock.pass(60_000);

  assert.equal(world.call.state, "up");
  assert.equal(world.peers.length, 1);
});

test("a cancelled call ends when its session arrives", async () => {
  const { call, wire, states } = make();
  call.watch(WATCH);
  const { id } = wire.requests("connect")[0];
  call.end();

  wire.receive({ id, result: { session: "late" } });
  await settle();

  assert.equal(wire.requests("close")[0].params.session, "late");
  assert.equal(states.at(-1), "ended");
});
