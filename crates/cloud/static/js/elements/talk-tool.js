// The tool Talk: push-to-talk, by holding its button or tapping it. Shows the level of the microphone.

import { onHold } from "../hold.js";
import { browserClock } from "../lib/clock.js";
import { OtherUser } from "../lib/other_user.js";
import { say } from "../lib/say.js";
import { SilentMicrophone } from "../lib/silent_microphone.js";
import { Talk } from "../lib/talk.js";
import { openMicrophone, watchLevel } from "../microphone.js";
import { personName } from "../person.js";

/** @import {PanelPlace, Tool} from "./tool-panel.js" */

/** @param {PanelPlace} place @returns {Tool} */
export function open({ body, tile, can, peer, ask, tell }) {
  const button = /** @type {HTMLButtonElement} */ (body.querySelector("button"));
  const meter = /** @type {HTMLElement} */ (body.querySelector(".talk__level"));
  const away = new AbortController();
  let isLive = false;
  let liveWords = "";
  let seemsMuted = false;
  const microphone = new SilentMicrophone();
  let unwatch = () => {};
  const level = (/** @type {number} */ loud) => {
    meter.style.setProperty("--level", String(loud));
    if (!isLive || microphone.take(loud, performance.now()) === seemsMuted) return;
    seemsMuted = !seemsMuted;
    tell(seemsMuted ? say("talk-quiet") : liveWords, seemsMuted);
  };
  const talk = new Talk({
    camera: tile.camera,
    me: personName(),
    isAtRecorder: can.talk === "recorder",
    openMicrophone: async () => {
      const track = await openMicrophone();
      unwatch();
      unwatch = watchLevel(track, level);
      return track;
    },
    peer,
    onState: (state, words) => {
      if (state === "live" && !isLive) microphone.reset();
      isLive = state === "live";
      seemsMuted = false;
      if (isLive) liveWords = words;
      button.dataset.talk = state;
      button.setAttribute("aria-pressed", String(state === "opening" || isLive));
      if (state === "idle" || state === "trouble") {
        unwatch();
        level(0);
      }
      tell(words, state === "trouble");
    },
  });
  onHold(button, (at) => void talk.press(at), (at) => talk.release(at), away.signal);
  // A screen reader presses it without holding it, which is a tap.
  button.addEventListener("click", ({ detail }) => {
    if (detail !== 0) return;
    void talk.press(0);
    talk.release(0);
  });
  const others = new OtherUser({
    ask: () => ask("inUse"),
    pick: (uses) => uses.talkedBy ?? (can.talk === "recorder" ? uses.talkedAtRecorderBy : undefined),
    isShown: () => !document.hidden,
    clock: browserClock,
    onChange: (name) => talk.learn(name),
  });
  const end = () => talk.end();
  addEventListener("pagehide", end, { signal: away.signal });
  document.addEventListener("visibilitychange", () => document.hidden && end(), { signal: away.signal });
  return {
    changed: () => talk.check(),
    close: () => {
      others.end();
      away.abort();
      talk.end();
      unwatch();
    },
  };
}
