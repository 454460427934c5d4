// The arrangement of Live view as stored on a device; the last browser to change it wins.

const KEY = "peerview.arrangement";
export const [KEPT, VERSION, UNSENT] = [KEY, `${KEY}.version`, `${KEY}.unsent`];

/** @typedef {{read(key: string): string | null, write(key: string, value: string): void}} Store */

/** What the account keeps, unless it came from here, or this device has something newer. @param {Store} store @param {string} kept @param {string} version */
export function takeOver({ read, write }, kept, version) {
  if (version === read(VERSION) || read(UNSENT) === "yes") return;
  write(KEPT, kept);
  write(VERSION, version);
}
