// The page's one socket to the cloud; opened as soon as a script needs it.

import { CallSocket, SIGNED_OUT } from "./lib/call_socket.js";
import { browserClock } from "./lib/clock.js";

const address = new URL("/call", location.href);
address.protocol = address.protocol.replace("http", "ws");

export const socket = new CallSocket({
  clock: browserClock,
  open: () => /** @type {any} */ (new WebSocket(address, "webrtc.onvif.org")),
});
socket.start();

// The server leads whoever is not signed in any more to the log-in page.
socket.onLost((code) => code === SIGNED_OUT && location.reload());

addEventListener("online", () => socket.wake());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") socket.wake();
});
