// The view in the address: layout, page, the enlarged camera and which cameras one goes through.

import { keyOf } from "./cameras.js";
import { position } from "./pages.js";

/** @import {ListedCamera} from "./cameras.js" */
/** @import {View} from "./pages.js" */

const USUAL = 4;
const NAMES = ["layout", "page", "camera", "set"];

/**
 * What an address asks for, as far as it can be shown.
 * @param {string} search @param {ListedCamera[]} cameras @param {number[]} layouts @returns {View}
 */
export function viewOf(search, cameras, layouts) {
  const asked = new URLSearchParams(search);
  const layout = Number(asked.get("layout"));
  const perPage = layouts.includes(layout) ? layout : USUAL;
  const at = cameras.findIndex((camera) => keyOf(camera) === asked.get("camera"));
  const { of } = position({ perPage, page: 0, enlarged: undefined }, cameras.length);
  const page = Math.trunc(Number(asked.get("page"))) || 1;
  return { perPage, page: Math.min(Math.max(page, 1), of) - 1, enlarged: at < 0 ? undefined : at };
}

/** @param {string} search */
export function asksForView(search) {
  const asked = new URLSearchParams(search);
  return NAMES.some((name) => asked.has(name));
}

/**
 * The address with this view in it; what else it says stays.
 * @param {string} search @param {View} view @param {ListedCamera[]} cameras @param {string} [set] Which cameras these are.
 */
export function searchOf(search, { perPage, page, enlarged }, cameras, set = "") {
  const said = new URLSearchParams(search);
  const camera = enlarged === undefined ? undefined : cameras[enlarged];
  const values = [perPage === USUAL ? "" : perPage, page === 0 ? "" : page + 1, camera ? keyOf(camera) : "", set];
  NAMES.forEach((name, i) => (values[i] === "" ? said.delete(name) : said.set(name, String(values[i]))));
  return said.size === 0 ? "" : `?${said}`;
}
