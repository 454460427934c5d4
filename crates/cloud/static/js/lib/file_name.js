// Names of files that people save: a camera's name that every file system takes, and the time of the region.

/** What fits beside the time into the 255 bytes of ext4 and the 255 units of NTFS. */
const MAX_BYTES = 160;
/** Letters of paths and of shells of Windows, line ends, and marks that turn the direction of what follows. */
const UNFIT = /[\u0000-\u001f\u007f-\u009f/\\:*?"<>|\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
/** Names that Windows keeps for devices, with any ending. */
const DEVICES = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;
const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The name of a file: camera, local time, ending. @param {string} camera @param {Date} at @param {string} ending @param {string} nameless */
export function fileName(camera, at, ending, nameless) {
  return `${cleanName(camera, nameless)} ${stamp(at)}.${ending}`;
}

/** @param {string} camera @param {string} nameless For a name of which nothing is left. */
export function cleanName(camera, nameless) {
  const plain = camera.normalize("NFC").replace(LONE_SURROGATES, "").replace(UNFIT, " ").replace(/\s+/g, " ");
  // A file that begins with a dot is hidden, one that ends with it cannot be opened on Windows.
  const name = shortened(plain.replace(/^[ .]+/, "")).replace(/[ .]+$/, "");
  if (!name) return nameless;
  return DEVICES.test(name) ? `_${name}` : name;
}

/** "2026-11-28 16.04.12" where the clock shows that: sorted by name is sorted by time. @param {Date} at */
export function stamp(at) {
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(".")}`;
}

/** The first letters that fit, none of them cut, emoji included. @param {string} name */
function shortened(name) {
  const encoder = new TextEncoder();
  let length = 0;
  let short = "";
  for (const { segment } of new Intl.Segmenter().segment(name)) {
    length += encoder.encode(segment).length;
    if (length > MAX_BYTES) break;
    short += segment;
  }
  return short;
}
