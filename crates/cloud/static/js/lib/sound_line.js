// The line of a call that carries sound both ways: what a recorder's microphones hear, and what somebody says.

import { LOST, RpcError } from "./rpc.js";

/** @import {Control} from "./control.js" */

export class SoundLine {
  #connection;
  /** Number of the last wish to talk or to stop. */
  #wish = 0;

  /** @param {RTCPeerConnection} connection */
  constructor(connection) {
    this.#connection = connection;
  }

  /** An offer is to be answered: with both directions, what is said needs no further offer. */
  offered() {
    const line = this.#line();
    if (line) line.direction = "sendrecv";
  }

  /**
   * Sends a microphone's sound to a camera; nothing ends it. `onEnded` hears if the recorder's end does, and why.
   * @param {Control | undefined} control
   * @param {string | null} camera
   * @param {MediaStreamTrack | null} track
   * @param {(cause: unknown) => void} [onEnded]
   */
  async talk(control, camera, track, onEnded) {
    const wish = ++this.#wish;
    const line = this.#line();
    if (!line || !control) throw new RpcError(LOST, "no line");
    control.onTalkEnded = undefined;
    if (!track) await line.sender.replaceTrack(null);
    await control.ask("talk", { camera });
    // What comes before this answer is about the talk before.
    if (wish === this.#wish) control.onTalkEnded = onEnded;
    // Whoever has let go meanwhile is not heard.
    if (track && wish === this.#wish) await line.sender.replaceTrack(track);
  }

  #line() {
    return this.#connection.getTransceivers().find(({ receiver }) => receiver.track.kind === "audio");
  }
}
