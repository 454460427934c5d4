// Says a text in the language of the page: `say("online")`, `say("cameras", { n: 3 })`.

import { language, texts } from "./texts.js";

/** @import {Part, Text} from "./texts.js" */
/** @typedef {Record<string, string | number>} Args */

const plurals = new Intl.PluralRules(language);

/** @param {string} key A message of script.ftl. @param {Args} [args] */
export function say(key, args = {}) {
  return fill(texts[key] ?? key, args);
}

/** A text with its arguments in place. @param {Text} text @param {Args} args @returns {string} */
export function fill(text, args) {
  if (typeof text === "string") return text;
  return text.map((part) => (typeof part === "string" ? part : filled(part, args))).join("");
}

/** @param {Part} part @param {Args} args */
function filled(part, args) {
  if ("arg" in part) return String(args[part.arg] ?? "");
  const value = args[part.by] ?? "";
  const { of } = part;
  // An exact number goes before the category that a language counts it to.
  return fill(of[value] ?? of[plurals.select(Number(value))] ?? of[part.or] ?? "", args);
}
