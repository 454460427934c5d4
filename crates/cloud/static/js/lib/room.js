// How much recording fits on the phone: shown before it begins, and monitored while it runs.

/** Bytes per second of a stream that nothing is known about yet: 4 Mb/s and 0.5 Mb/s. */
export const USUAL_RATES = { main: 500_000, sub: 64_000 };
/** What the browser needs for itself, and for the end of the file. */
export const RESERVE = 8_000_000;
/** With less, a recording does not begin. */
export const MIN_SECONDS = 30;

/** A recording is asked for no more room than this. */
export const MAX_SECONDS = 7_200;
/** The room is found to a 500th of what is wanted. */
const N_STEPS = 9;

/** Seconds that fit into so many bytes. @param {number} bytes @param {number} rate Bytes per second. */
export function secondsThatFit(bytes, rate) {
  return Math.max(0, (bytes - RESERVE) / rate);
}

/** @param {number} seconds @param {number} rate */
export function bytesFor(seconds, rate) {
  return seconds * rate + RESERVE;
}

/** The most, up to `wanted`, with which `grow` does not throw. @param {(bytes: number) => void} grow @param {number} wanted */
export function mostThat(grow, wanted) {
  const fits = (/** @type {number} */ bytes) => {
    try {
      grow(bytes);
      return true;
    } catch {
      return false;
    }
  };
  if (fits(wanted)) return wanted;
  let [most, tooMuch] = [0, wanted];
  for (let step = 0; step < N_STEPS; step++) {
    const between = Math.floor((most + tooMuch) / 2);
    if (fits(between)) most = between;
    else tooMuch = between;
  }
  return most;
}

/** "40 seconds", "35 minutes", "2 hours". @param {number} seconds @param {string} locale */
export function roomWords(seconds, locale) {
  const [value, unit] = seconds < 120 ? [seconds, "second"] : seconds < 7_200 ? [seconds / 60, "minute"] : [seconds / 3_600, "hour"];
  const form = { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 };
  return new Intl.NumberFormat(locale, /** @type {Intl.NumberFormatOptions} */ (form)).format(Math.floor(value));
}
