// Pictures over the data channel of a slot: reads the pieces, joins them, and leaves out what depends on a
// picture that is missing. The recorder's end decides what is sent; docs/ref/data_channels.md has the format.

/** @typedef {"jpeg" | "h265" | "still" | "h264"} PictureCodec */
/** @typedef {{codec: PictureCodec, isKey: boolean, source: number, number: number, timeMicros: number, data: Uint8Array<ArrayBuffer>}} Picture */

export const PICTURE_PROTOCOL = "peerview.video.1";
const HEADER_BYTES = 26;
const MAX_PICTURE_BYTES = 4 * 1024 * 1024;
/** @type {Map<number, PictureCodec>} */
const CODECS = new Map([[1, "jpeg"], [2, "h265"], [3, "still"], [4, "h264"]]);

/** The slot of a data channel; undefined if it carries no pictures. @param {string} label */
export function slotOf(label) {
  const slot = /^video\/(\d{1,2})$/.exec(label)?.[1];
  return slot === undefined ? undefined : Number(slot);
}

/** @param {unknown} message */
function parse(message) {
  if (!(message instanceof ArrayBuffer) || message.byteLength <= HEADER_BYTES) return undefined;
  const view = new DataView(message);
  const codec = CODECS.get(view.getUint8(0));
  const nBytes = view.getUint32(18);
  const offset = view.getUint32(22);
  const piece = new Uint8Array(message, HEADER_BYTES);
  if (!codec || nBytes > MAX_PICTURE_BYTES || offset + piece.length > nBytes) return undefined;
  const header = { codec, isKey: view.getUint8(1) === 1, source: view.getUint32(2), number: view.getUint32(6) };
  // 90 kHz; of the 64 bits a number is exact for 3,000 years.
  const timeMicros = Math.round((Number(view.getBigUint64(10)) * 100) / 9);
  return { ...header, timeMicros, nBytes, offset, piece };
}

/** The pictures of one slot. */
export class Pictures {
  /** @type {(Picture & {nBytes: number, nJoined: number}) | undefined} */
  #current;
  /** @type {Picture | undefined} */
  #last;
  #stale = -1;
  #newest = -1;
  #onPicture;
  /** Number of the last whole picture of this source. @type {{source: number, number: number} | undefined} */
  #whole;
  /** What came so far, and how many pictures are missing in between. */
  counts = { bytes: 0, pictures: 0, lost: 0 };

  /** @param {(picture: Picture) => void} onPicture */
  constructor(onPicture) {
    this.#onPicture = onPicture;
  }

  /** The slot shows another camera from here on; what is still on its way is of no use. */
  forget() {
    this.#stale = this.#newest;
    this.#current = this.#last = undefined;
  }

  /** @param {unknown} message */
  receive(message) {
    const read = parse(message);
    if (!read || read.source <= this.#stale) return;
    const { nBytes, offset, piece, ...header } = read;
    this.#newest = Math.max(this.#newest, header.source);
    if (offset === 0) this.#current = { ...header, nBytes, nJoined: 0, data: new Uint8Array(nBytes) };
    const picture = this.#current;
    const isNext = picture?.number === header.number && picture.source === header.source;
    if (!picture || !isNext || picture.nBytes !== nBytes || picture.nJoined !== offset) {
      this.#current = undefined;
      return;
    }
    picture.data.set(piece, offset);
    picture.nJoined += piece.length;
    if (picture.nJoined < nBytes) return;
    this.#current = undefined;
    this.#count(picture);
    const isUseful = picture.isKey || isAfter(picture, this.#last);
    this.#last = isUseful ? picture : undefined;
    if (isUseful) this.#onPicture(picture);
  }

  /** @param {Picture} picture */
  #count({ source, number, data }) {
    const last = this.#whole;
    this.#whole = { source, number };
    this.counts.pictures += 1;
    this.counts.bytes += data.length;
    if (last?.source === source && number > last.number) this.counts.lost += number - last.number - 1;
  }
}

/** @param {Picture} picture @param {Picture | undefined} last */
function isAfter(picture, last) {
  if (!last || picture.codec !== last.codec || picture.source !== last.source) return false;
  return picture.number === (last.number + 1) % 2 ** 32;
}
