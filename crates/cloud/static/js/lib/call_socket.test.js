// The socket: its first messages, its subscribers, and how it reconnects.

import assert from "node:assert/strict";
import { test } from "node:test";

import { FakeClock, FakeSocket, settle } from "../../../../../tools/js/fakes.js";
import { CallSocket } from "./call_socket.js";
import { LOST } from "./rpc.js";

function make(isFull = async () => false) {
  const clock = new FakeClock();
  /** @type {FakeSocket[]} */
  const sockets = [];
  const open = () => {
    sockets.push(new FakeSocket());
    return /** @type {FakeSocket} */ (sockets.at(-1));
  };
  const socket = new CallSocket({ open, isFull, clock });
  socket.start();
  return { clock, sockets, socket, last: () => /** @type {FakeSocket} */ (sockets.at(-1)) };
}

test("a waiting connect is sent right after register", () => {
  const { socket, last } = make();
  socket.request("connect", { peer: "PV" }).catch(() => {});

  last().onopen({});

  assert.deepEqual(last().sent.map(({ method }) => method), ["register", "connect"]);
});

test("a lost socket rejects open requests and reconnects", async () => {
  const { clock, sockets, socket, last } = make();
  last().onopen({});
  const answer = socket.request("connect", {});
  const refused = assert.rejects(answer, { code: LOST });

  last().onclose({ code: 1006 });
  await refused;
  await clock.pass(500);

  assert.equal(sockets.length, 2);
});

test("reconnect waits grow until a register is answered", async () => {
  const { clock, sockets, last } = make();
  for (let i = 0; i < 6; i++) {
    last().onclose({ code: 1006 });
    await clock.pass(30_000);
  }
  const before = sockets.length;

  last().onclose({ code: 1006 });
  await clock.pass(10_000);
  assert.equal(sockets.length, before, "the seventh try waits longer than 10 s");

  await clock.pass(20_000);
  last().onopen({});
  await last().answer("register", { id: "v" });
  last().onclose({ code: 1006 });
  await clock.pass(500);
  assert.equal(sockets.length, before + 2, "after a good one the wait is short again");
});

test("an unanswered request opens a new socket", async () => {
  const { clock, sockets, socket, last } = make();
  last().onopen({});
  await last().answer("register", { id: "v" });
  const refused = assert.rejects(socket.request("connect", {}), { code: 408 });

  await clock.pass(11_000);

  await refused;
  assert.equal(sockets[0]?.isClosed, true);
  assert.equal(sockets.length, 2);
});

test("an ended session is not reconnected", async () => {
  const { clock, sockets, last } = make();
  last().onopen({});

  last().onclose({ code: 4401 });
  await clock.pass(120_000);

  assert.equal(sockets.length, 1);
});

test("a returning network ends the wait", async () => {
  const { sockets, socket, last } = make();
  last().onclose({ code: 1006 });

  socket.wake();
  socket.wake();

  assert.equal(sockets.length, 2);
});

/** @param {boolean} [isSilent] */
function callEnd(isSilent = false) {
  /** @type {string[]} */
  const heard = [];
  return {
    heard,
    onInvite: async () => ({}),
    onTrickle: () => heard.push("trickle"),
    onClose: () => heard.push("close"),
    wantsRestart: () => isSilent,
    onGone: () => heard.push("gone"),
  };
}

test("a doubtful socket gives way once another is open", async () => {
  const { clock, sockets, socket, last } = make();
  last().onopen({});
  await last().answer("register", { id: "v" });
  const [silent, fine] = [callEnd(true), callEnd()];
  socket.addCall("silent", silent);
  socket.addCall("fine", fine);

  socket.doubt();
  socket.doubt();
  await clock.pass(300);
  assert.equal(sockets.length, 2);
  assert.equal(sockets[0]?.isClosed, false);
  last().onopen({});
  await settle();

  assert.equal(sockets[0]?.isClosed, true);
  assert.deepEqual(last().sent.map(({ method, params }) => [method, params.session]), [
    ["register", undefined],
    ["peerview/restart", "silent"],
    ["peerview/resume", "fine"],
  ]);
  await last().refuse("peerview/resume", 404);
  assert.deepEqual([silent.heard, fine.heard], [[], ["gone"]]);
  last().receive({ method: "trickle", params: { session: "silent" } });
  assert.deepEqual(silent.heard, ["trickle"]);
});

test("a doubted socket that answers is kept", async () => {
  const { clock, sockets, socket, last } = make();
  last().onopen({});
  await last().answer("register", { id: "v" });

  socket.doubt();
  await last().answer("register", { id: "v" });
  await clock.pass(5_000);

  assert.equal(sockets.length, 1);
});

test("a slow answer ends the search for another socket", async () => {
  const { clock, sockets, socket, last } = make();
  last().onopen({});
  await last().answer("register", { id: "v" });
  socket.doubt();
  await clock.pass(300);

  await sockets[0]?.answer("register", { id: "v" });
  await clock.pass(60_000);

  assert.deepEqual(sockets.map(({ isClosed }) => isClosed), [false, true]);
  assert.ok(socket.isOpen);
});

test("a second socket that does not open leaves the first", async () => {
  const { clock, sockets, socket, last } = make();
  last().onopen({});
  await last().answer("register", { id: "v" });
  socket.doubt();

  await clock.pass(5_000);
  assert.deepEqual(sockets.map(({ isClosed }) => isClosed), [false, true]);
  socket.doubt();
  await clock.pass(300);

  assert.equal(sockets.length, 3);
});

test("a connection that hangs is tried again", async () => {
  const { clock, sockets } = make();

  await clock.pass(5_000);

  assert.equal(sockets[0]?.isClosed, true);
  assert.equal(sockets.length, 2);
});

test("calls resume on the socket that comes after a lost one", async () => {
  const { clock, socket, last } = make();
  last().onopen({});
  await last().answer("register", { id: "v" });
  socket.addCall("one", callEnd());
  last().onclose({ code: 1006 });

  await clock.pass(500);
  last().onopen({});

  assert.deepEqual(last().requests("peerview/resume").map(({ params }) => params.session), ["one"]);
});

test("each call hears only its own session", async () => {
  const { socket, last } = make();
  last().onopen({});
  /** @type {string[]} */
  const heard = [];
  for (const session of ["one", "two"]) {
    socket.addCall(session, {
      onInvite: async () => (heard.push(`invite ${session}`), { answer: session }),
      onTrickle: () => heard.push(`trickle ${session}`),
      onClose: () => heard.push(`close ${session}`),
      wantsRestart: () => false,
      onGone: () => heard.push(`gone ${session}`),
    });
  }
  socket.removeCall("one");

  last().receive({ method: "trickle", params: { session: "two" } });
  last().receive({ method: "trickle", params: { session: "one" } });
  last().receive({ id: 5, method: "invite", params: { session: "two" } });
  last().receive({ id: 6, method: "invite", params: { session: "one" } });
  last().receive({ id: 7, method: "close", params: { session: "two" } });
  await settle();

  assert.deepEqual(heard, ["trickle two", "invite two", "close two"]);
  const answers = last().sent.filter(({ method }) => !method);
  assert.deepEqual(answers.map(({ id, error }) => `${id} ${error?.code ?? "ok"}`).sort(), ["5 ok", "6 404", "7 ok"]);
});

test("presence reaches every listener", () => {
  const { socket, last } = make();
  /** @type {boolean[]} */
  const heard = [];
  socket.onPresence(({ isOnline }) => heard.push(isOnline));
  socket.onPresence(({ isOnline }) => heard.push(isOnline));

  last().receive({ method: "peerview/presence", params: { serial: "PV", isOnline: true } });

  assert.deepEqual(heard, [true, true]);
});

test("only a refused socket is taken for a full cloud", async () => {
  let nAsked = 0;
  const { clock, sockets, socket, last } = make(async () => (nAsked += 1) > 0);
  last().onclose({ code: 1006 });
  assert.equal(await socket.lossReason(), "cloud-full");

  await clock.pass(2_000);
  assert.equal(sockets.length, 2);
  // It never opens, and is given up.
  await clock.pass(20_000);

  assert.ok(sockets.length > 2);
  assert.equal(await socket.lossReason(), "no-cloud");
  assert.equal(nAsked, 1);
});
