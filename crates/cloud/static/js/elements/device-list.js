// <device-list>: updates the state of each recorder on the page from the cloud's messages.

import { socket } from "../cloud_socket.js";
import { say } from "../lib/say.js";
import { reasonWords, when } from "../lib/words.js";

/** @import {Presence} from "../lib/call_socket.js" */

export class DeviceList extends HTMLElement {
  connectedCallback() {
    socket.onPresence((presence) => this.#show(presence));
  }

  /** @param {Presence} presence */
  #show({ serial, isOnline, isRemoved, lastSeen, cameras, reason }) {
    for (const item of this.querySelectorAll("[data-serial]")) {
      if (!(item instanceof HTMLElement) || item.dataset.serial !== serial) continue;
      if (isRemoved && item.matches("li")) item.remove();
      const trouble = isOnline && reason ? reasonWords(reason) : "";
      item.dataset.online = String(isOnline);
      item.toggleAttribute("data-troubled", trouble !== "");
      setText(item, "[data-state-words]", trouble ? say("online-without-picture") : stateWords(isOnline, lastSeen));
      setText(item, "[data-camera-count]", say("cameras", { n: cameras.length }));
      const whatToDo = isOnline ? trouble : say("offline-mend");
      setText(item, "[data-reason]", whatToDo);
      const note = item.querySelector("[data-reason]");
      if (note instanceof HTMLElement) note.hidden = !whatToDo;
    }
  }
}

/** @param {boolean} isOnline @param {number | undefined} lastSeen */
function stateWords(isOnline, lastSeen) {
  if (isOnline) return say("online");
  return lastSeen ? say("offline-since", { when: when(lastSeen, new Date()) }) : say("never-online");
}

/** @param {Element} item @param {string} selector @param {string} text */
function setText(item, selector, text) {
  const element = item.querySelector(selector);
  if (element && element.textContent !== text) element.textContent = text;
}
