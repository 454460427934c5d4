// Search by words: without accents, in any order.

/** @param {string} text */
export function folded(text) {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss").replaceAll("ø", "o").replaceAll("ł", "l");
}

/** Whether a text has all words of a query. @param {string} text @param {string} query */
export function matches(text, query) {
  const place = folded(text);
  return folded(query).split(/\s+/).every((word) => place.includes(word));
}
