// <connection-test>: tests the network when its button is pressed, and shows each result as it comes. The texts
// are templates in the page: <li data-line="udp"> has one for each state of its line.

import { NO_PLACE, isCloudFull } from "../lib/cloud_places.js";
import { testNetwork } from "../lib/network_test.js";
import { verdictOf } from "../lib/network_verdict.js";
import { minutesOf, secondsOf } from "../lib/patience.js";
import { say } from "../lib/say.js";

/** @import {Found} from "../lib/network_verdict.js" */
/** @typedef {"running" | "ok" | "blocked" | "busy" | "absent" | "one" | "same" | "changes" | "none"} LineState */

const LINES = ["cloud", "v4", "v6", "nat", "udp", "tcp", "tls"];

/** @param {unknown} value @returns {LineState} */
function stateOf(value) {
  if (value === undefined) return "absent";
  if (typeof value === "string") return /** @type {LineState} */ (value);
  return value === null || value === false ? "blocked" : "ok";
}

export class ConnectionTest extends HTMLElement {
  /** @type {HTMLButtonElement | null} */
  #button = null;
  /** When it may be pressed again, after a refusal. */
  #again = "";

  connectedCallback() {
    this.#button = this.querySelector("button");
    this.#button?.addEventListener("click", () => this.#run());
    if (this.#button) this.#button.disabled = false;
  }

  async #run() {
    const button = this.#button;
    // Stays enabled, so that the focus stays: a second press while it runs does nothing.
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    this.#verdict("running");
    for (const line of LINES) this.#line(line, "running");
    this.#verdict(await this.#test());
    for (const line of this.querySelectorAll('[data-state="running"]')) this.#line(line.getAttribute("data-line") ?? "", undefined);
    button.removeAttribute("aria-disabled");
  }

  /** @returns {Promise<string>} The verdict, or why there is none. */
  async #test() {
    if (!window.RTCPeerConnection) return "unsupported";
    const answer = await fetch("/help/connection", { method: "POST" }).catch(() => undefined);
    if (answer?.redirected) location.assign(answer.url);
    if (answer?.status === 429) {
      this.#again = say("test-again", { n: minutesOf(secondsOf(answer)) });
      return "often";
    }
    if (answer?.status === NO_PLACE) return "busy";
    if (!answer?.ok) return "offline";
    const browser = {
      makePeer: (/** @type {RTCConfiguration} */ config) => new RTCPeerConnection(config),
      openSocket: () => new WebSocket(new URL("/call", location.href.replace(/^http/, "ws")), "webrtc.onvif.org"),
      isFull: isCloudFull,
    };
    const found = await testNetwork(await answer.json(), browser, (some) => this.#show(some));
    return verdictOf(found);
  }

  /** @param {Partial<Found>} found */
  #show(found) {
    for (const [line, value] of Object.entries(found)) {
      this.#line(line, stateOf(value), typeof value === "number" ? value : undefined);
    }
  }

  /** @param {string} line @param {LineState | undefined} state @param {number} [ms] */
  #line(line, state, ms) {
    const row = this.querySelector(`[data-line="${line}"]`);
    const place = row?.querySelector("[data-result]");
    if (!row || !place) return;
    if (state) row.setAttribute("data-state", state);
    else row.removeAttribute("data-state");
    const words = state && row.querySelector(`template[data-when="${state}"]`);
    place.replaceChildren(words instanceof HTMLTemplateElement ? words.content.cloneNode(true) : "");
    if (ms !== undefined) place.append(` ${Math.max(1, Math.round(ms))} ms`);
  }

  /** @param {string} verdict */
  #verdict(verdict) {
    const place = this.querySelector("[data-verdict]");
    const words = this.querySelector(`template[data-says="${verdict}"]`);
    if (!place || !(words instanceof HTMLTemplateElement)) return;
    place.setAttribute("data-verdict", verdict);
    place.replaceChildren(words.content.cloneNode(true), verdict === "often" ? ` ${this.#again}` : "");
  }
}
