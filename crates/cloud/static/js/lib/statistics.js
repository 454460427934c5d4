// Figures of one camera: size, pictures and kilobits per second, loss, codec. Takes cumulative counters once a second;
// no DOM and no clock.

/**
 * @typedef {object} Sample What was counted at one moment.
 * @property {number} at Milliseconds on any clock.
 * @property {string} source Counts of another source start again.
 * @property {number} bytes
 * @property {number} pictures
 * @property {number} units Packets that came; or pictures, where they come over a data channel.
 * @property {number} lost Of the same, those that did not come.
 * @property {number | undefined} width
 * @property {number | undefined} height
 * @property {string | undefined} codec
 */
/** @typedef {{rate: number, kilobits: number, lost: number}} Rates `lost` in percent. */

/** Rates are those of the last seconds; a loss is seldom, so it is counted for longer. */
const RATE_MS = 3_000;
const LOSS_MS = 10_000;
const CODECS = new Map([["H264", "H.264"], ["H265", "H.265"], ["JPEG", "MJPEG"]]);

export class Statistics {
  /** @type {Sample[]} */
  #samples = [];

  /** @param {Sample} sample @returns {Rates | undefined} Undefined until there are two to compare. */
  take(sample) {
    const last = this.#samples.at(-1);
    // A counter that falls belongs to something else.
    if (last && (last.source !== sample.source || sample.bytes < last.bytes || sample.pictures < last.pictures)) this.#samples = [];
    this.#samples.push(sample);
    this.#samples = this.#samples.filter(({ at }) => sample.at - at <= LOSS_MS);
    const first = /** @type {Sample} */ (this.#samples[0]);
    const near = /** @type {Sample} */ (this.#samples.find(({ at }) => sample.at - at <= RATE_MS));
    const seconds = (sample.at - near.at) / 1000;
    if (seconds <= 0) return undefined;
    const [units, lost] = [sample.units - first.units, Math.max(0, sample.lost - first.lost)];
    return {
      rate: (sample.pictures - near.pictures) / seconds,
      kilobits: ((sample.bytes - near.bytes) * 8) / 1000 / seconds,
      lost: units + lost > 0 ? (100 * lost) / (units + lost) : 0,
    };
  }
}

/** What a browser counted of one track. @param {ReadonlyMap<string, any>} report @param {string} track Its id. @param {number} at @returns {Sample | undefined} */
export function sampleOf(report, track, at) {
  const entry = [...report.values()].find((it) => it.type === "inbound-rtp" && it.trackIdentifier === track);
  if (!entry) return undefined;
  const mime = report.get(entry.codecId)?.mimeType;
  return {
    at,
    source: `${entry.id} ${entry.ssrc}`,
    bytes: (entry.bytesReceived ?? 0) + (entry.headerBytesReceived ?? 0),
    pictures: entry.framesDecoded ?? 0,
    units: entry.packetsReceived ?? 0,
    lost: entry.packetsLost ?? 0,
    width: entry.frameWidth,
    height: entry.frameHeight,
    codec: typeof mime === "string" ? mime.replace("video/", "") : undefined,
  };
}

/** A short token, whoever is at the other end. @param {unknown} codec */
export function codecWords(codec) {
  const name = String(codec ?? "").toUpperCase();
  return CODECS.get(name) ?? name.replaceAll(/[^A-Z0-9.+-]/g, "").slice(0, 20);
}

/** "512 kb/s" or "2.1 Mb/s". @param {number} kilobits @param {string} locale */
export function rateWords(kilobits, locale) {
  const isMuch = kilobits >= 1000;
  const value = isMuch ? kilobits / 1000 : kilobits;
  return `${value.toLocaleString(locale, { maximumFractionDigits: isMuch ? 1 : 0 })}\u00a0${isMuch ? "Mb/s" : "kb/s"}`;
}
