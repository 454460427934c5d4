// Parses a recorder's QR code: the address of Add device with `#SERIAL:CODE` behind it.

/**
 * @param {string} text A whole link, only its fragment, or `SERIAL:CODE`.
 * @returns {{serial: string, code: string} | undefined}
 */
export function readClaimLink(text) {
  const fragment = text.includes("#") ? text.slice(text.indexOf("#") + 1) : text;
  const match = /^\s*(PV[-0-9A-Za-z ]{13,20})\s*:\s*([A-Za-z]{6})\s*$/i.exec(decode(fragment));
  if (!match) return undefined;
  const [, serial = "", code = ""] = match;
  return { serial: serial.trim().toUpperCase(), code: code.toUpperCase() };
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
