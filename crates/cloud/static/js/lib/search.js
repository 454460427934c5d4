// Search by words in any order: without accents, case and width, so that "uberhof" finds "Überhof".

/** @param {string} text */
export function fold(text) {
  const plain = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().trim();
  return plain.replaceAll("ß", "ss").replaceAll("ı", "i").replaceAll("ø", "o").replaceAll("ł", "l");
}

/** Whether every word that is wanted, folded already, stands in a text. @param {string} wanted @param {string} text */
export function holds(wanted, text) {
  const folded = fold(text);
  return wanted.split(/\s+/).every((word) => folded.includes(word));
}
