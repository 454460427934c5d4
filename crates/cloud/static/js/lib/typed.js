// Normalizes codes that people type and paste; the server does the same
// (crates/proto/src/typed.rs).

/**
 * Only the decimal digits of a text, of any script, as 0 to 9.
 * @param {string} text
 */
export function digits(text) {
  return Array.from(text.matchAll(/\p{Nd}/gu), ([digit]) => value(digit.codePointAt(0) ?? 0)).join("");
}

/**
 * Ten digits stand together, and before the first of a script stands none; the mathematical ones stand
 * in five tens.
 * @param {number} code
 */
function value(code) {
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return (code - first) % 10;
}
