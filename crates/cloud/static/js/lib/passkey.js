// Converts passkey messages between the cloud's JSON and the objects that browsers use.

import { bytesOf, textOf } from "./base64url.js";

/** @typedef {{ type: "public-key", id: string, transports?: AuthenticatorTransport[] }} Descriptor */

/** @param {Descriptor[] | undefined} list */
const descriptors = (list) => (list ?? []).map((known) => ({ ...known, id: bytesOf(known.id) }));

/** Options to make a passkey. @param {any} json @returns {PublicKeyCredentialCreationOptions} */
export function creationOptions(json) {
  return {
    ...json,
    challenge: bytesOf(json.challenge),
    user: { ...json.user, id: bytesOf(json.user.id) },
    excludeCredentials: descriptors(json.excludeCredentials),
  };
}

/** Options to sign with a passkey. @param {any} json @returns {PublicKeyCredentialRequestOptions} */
export function requestOptions(json) {
  return {
    ...json,
    challenge: bytesOf(json.challenge),
    allowCredentials: descriptors(json.allowCredentials),
  };
}

/** A new passkey, or what one signed, as the cloud reads it. @param {any} credential */
export function credentialText({ id, rawId, type, response }) {
  const parts = ["attestationObject", "authenticatorData", "clientDataJSON", "signature", "userHandle"];
  const present = parts.filter((part) => response[part]);
  const answer = Object.fromEntries(present.map((part) => [part, textOf(response[part])]));
  return JSON.stringify({ id, rawId: textOf(rawId), type, response: answer });
}

/**
 * Why a browser has nothing for us, as the page says it; undefined when its owner was not asked.
 * @param {unknown} error @returns {"refused" | "known" | "elsewhere" | "broken" | undefined}
 */
export function reasonOf(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "AbortError") return undefined;
  if (name === "NotAllowedError") return "refused";
  if (name === "InvalidStateError") return "known";
  if (name === "SecurityError") return "elsewhere";
  return "broken";
}

/** Whether passkeys of `host` can be used by a page of `hostname`. @param {string} host @param {string} hostname */
export function isAt(host, hostname) {
  return hostname === host || hostname.endsWith(`.${host}`);
}
