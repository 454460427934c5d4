// Digital zoom: the scale of a picture and the visible part of it. Lengths are fractions of the picture's frame,
// positions are relative to its middle.

/** @typedef {{scale: number, x: number, y: number}} Zoom */

const MOST = 8;
/** @type {Zoom} */
export const WHOLE = { scale: 1, x: 0, y: 0 };

/** Larger or smaller by a factor; what is at this place stays there. @param {Zoom} zoom @param {number} factor @param {number} x @param {number} y @returns {Zoom} */
export function zoomedAt(zoom, factor, x, y) {
  const scale = Math.min(MOST, Math.max(1, zoom.scale * factor));
  const by = scale / zoom.scale;
  return held({ scale, x: x - (x - zoom.x) * by, y: y - (y - zoom.y) * by });
}

/** @param {Zoom} zoom @param {number} dx @param {number} dy @returns {Zoom} */
export function panned(zoom, dx, dy) {
  return held({ ...zoom, x: zoom.x + dx, y: zoom.y + dy });
}

/** The picture never leaves its frame. @param {Zoom} zoom @returns {Zoom} */
function held({ scale, x, y }) {
  const room = (scale - 1) / 2;
  const within = (/** @type {number} */ at) => Math.min(room, Math.max(-room, at));
  return { scale, x: within(x), y: within(y) };
}
