// The page's one socket to the cloud; opened as soon as a script needs it.

import { CallSocket, SIGNED_OUT } from "./lib/call_socket.js";
import { browserClock } from "./lib/clock.js";
import { onNetworkChange } from "./network.js";
import { keepSignedIn, renewal } from "./signed_in.js";

/** How long the cloud may take to say why it refused a socket. */
const ANSWER_MS = 4_000;

const address = new URL("/call", location.href);
address.protocol = address.protocol.replace("http", "ws");

export const socket = new CallSocket({
  clock: browserClock,
  open: () => /** @type {any} */ (new WebSocket(address, "webrtc.onvif.org")),
  isFull: async () => (await import("./lib/cloud_places.js")).isCloudFull(AbortSignal.timeout(ANSWER_MS)),
});
socket.start();

// After a sleep the token may have ended; with another one the socket comes back as if nothing had been.
// The server leads whoever is not signed in any more to the log-in page.
socket.onLost(async (code) => {
  if (code !== SIGNED_OUT) return wake();
  if ((await renewal.renew()) !== "renewed") return location.reload();
  socket.wake();
});

async function wake() {
  socket.doubt();
  await keepSignedIn();
  socket.wake();
}

onNetworkChange(wake);
