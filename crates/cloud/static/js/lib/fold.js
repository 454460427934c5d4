// Text as a search compares it: without accents, case and width, so that "uberhof" finds "Überhof".

/** @param {string} text */
export function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss").replaceAll("ı", "i").trim();
}

/** Whether every word that is wanted, folded already, stands in a text. @param {string} wanted @param {string} text */
export function holds(wanted, text) {
  const folded = fold(text);
  return wanted.split(/\s+/).every((word) => folded.includes(word));
}
