// Joins the screen to the calls: the one place where real sockets and peer connections are handed in.

import { socket } from "./cloud_socket.js";
import { decoders } from "./decoders.js";
import { Call } from "./lib/call.js";
import { browserClock } from "./lib/clock.js";
import { Watching } from "./lib/watching.js";
import { onNetworkChange } from "./network.js";
import { read } from "./person.js";

/** @import {LiveGrid} from "./elements/live-grid.js" */
/** @import {CallEvents} from "./lib/call_options.js" */

/** @returns {RTCIceTransportPolicy} */
function policy() {
  const asked = new URLSearchParams(location.search).get("path") ?? read("peerview.connection");
  return asked === "relay" ? "relay" : "all";
}

/** Bytes of all calls of this page so far, both ways; data_used.js keeps the sum. */
export const traffic = { bytes: 0 };

/** @param {number} bytes */
function onBytes(bytes) {
  traffic.bytes += bytes;
}

/** @param {string} serial @param {CallEvents} events @param {number} nSlots @param {(config: RTCConfiguration) => RTCPeerConnection} makePeer */
export function openCall(serial, events, nSlots, makePeer) {
  return new Call({ socket, serial, events, nSlots, policy: policy(), decoders, clock: browserClock, makePeer, onBytes });
}

/** @param {LiveGrid} grid */
export function makeWatching(grid) {
  const watching = new Watching(
    (serial, events) => openCall(serial, events, grid.slotsOf(serial), (config) => new RTCPeerConnection(config)),
    {
      onState: (serial, camera, state, reason) => grid.tile(serial, camera)?.setState(state, reason),
      onLeaving: (serial, camera) => grid.tile(serial, camera)?.letGo(),
      onVideo: (serial, camera, track, isReused) => grid.tile(serial, camera)?.play(track, isReused),
      onPicture: (serial, camera, picture) => grid.tile(serial, camera)?.draw(picture),
      onPath: (serial, camera, path) => grid.tile(serial, camera)?.setPath(path),
      onTold: (serial, camera) => grid.dispatchEvent(new CustomEvent("told", { detail: { serial, camera } })),
      onAudio: (serial, track) => grid.dispatchEvent(new CustomEvent("audio", { detail: { serial, track } })),
    },
    (serial) => grid.slotsOf(serial),
  );
  onNetworkChange(() => watching.suspect());
  socket.onPresence(({ serial, isRemoved }) => isRemoved && watching.removed(serial));
  return watching;
}
