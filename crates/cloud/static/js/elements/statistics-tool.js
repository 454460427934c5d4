// The tool Statistics: live figures of the selected camera, as this browser counts them, and the reason for its stream.

import { Statistics, codecWords, rateWords, sampleOf } from "../lib/statistics.js";
import { noteWords, pixelWords } from "../lib/quality_words.js";
import { region } from "../lib/region.js";
import { say } from "../lib/say.js";
import { LiveGrid } from "./live-grid.js";

/** @import {Path} from "../lib/stats.js" */
/** @import {Rates, Sample} from "../lib/statistics.js" */
/** @import {PanelPlace, Tool} from "./tool-panel.js" */

const LOOK_EVERY_MS = 1_000;

/** @param {PanelPlace} place @returns {Tool} */
export function open(place) {
  const shown = new ShownStatistics(place);
  void shown.look();
  const timer = setInterval(() => document.hidden || void shown.look(), LOOK_EVERY_MS);
  return { close: () => clearInterval(timer) };
}

class ShownStatistics {
  #place;
  #statistics = new Statistics();
  #isLooking = false;

  /** @param {PanelPlace} place */
  constructor(place) {
    this.#place = place;
  }

  async look() {
    const { tile, peer } = this.#place;
    const grid = tile.closest("live-grid");
    if (this.#isLooking || !(grid instanceof LiveGrid)) return;
    this.#isLooking = true;
    const connection = tile.isPlaying ? peer() : undefined;
    const report = await connection?.report().catch(() => undefined);
    const path = report && (await connection?.path(report));
    this.#isLooking = false;
    const { slot } = grid.watching.told(tile.serial, tile.camera);
    const sample = report && this.#sample(grid, report);
    const rates = sample && this.#statistics.take(sample);
    const size = pixelWords(sample?.width ?? slot?.width, sample?.height ?? slot?.height);
    this.#write("size", report ? size : "");
    this.#write("rate", rates && say("statistics-per-second", { n: Math.round(rates.rate) }));
    this.#write("bits", rates && rateWords(rates.kilobits, region));
    this.#write("lost", rates && lostWords(rates));
    this.#write("codec", report && codecWords(sample?.codec ?? slot?.codec));
    this.#write("path", path && pathWords(path));
    this.#write("note", slot ? noteWords(grid.quality, slot) : "");
  }

  /** @param {LiveGrid} grid @param {ReadonlyMap<string, any>} report @returns {Sample | undefined} */
  #sample(grid, report) {
    const { tile } = this.#place;
    const [at, video, canvas] = [performance.now(), tile.querySelector("video"), tile.querySelector("canvas")];
    const { counts } = grid.watching.told(tile.serial, tile.camera);
    if (tile.dataset.picture === "drawn" && canvas && counts) {
      const { bytes, pictures, lost } = counts;
      return { at, source: "data", bytes, pictures, units: pictures, lost, width: canvas.width, height: canvas.height, codec: undefined };
    }
    const source = video?.srcObject;
    const track = source instanceof MediaStream ? source.getVideoTracks()[0] : undefined;
    return track && sampleOf(report, track.id, at);
  }

  /** @param {string} name @param {string | undefined} words */
  #write(name, words) {
    const place = this.#place.body.querySelector(`[data-figure="${name}"]`);
    const text = words || (name === "note" ? "" : "–");
    if (place && place.textContent !== text) place.textContent = text;
  }
}

/** @param {Rates} rates */
function lostWords({ lost }) {
  return (lost / 100).toLocaleString(region, { style: "percent", maximumFractionDigits: lost < 10 ? 1 : 0 });
}

/** @param {Path} path */
function pathWords({ path, over, rttMs }) {
  return [say(path), over?.toUpperCase(), rttMs && `${rttMs}\u00a0ms`].filter(Boolean).join(" · ");
}
