// What this browser keeps belongs to one person: it goes at log out, and when somebody else logs in.

import { Posters } from "./lib/posters.js";
import { browserKey } from "./signed_in.js";

export const posters = new Posters(indexedDB);
const PERSON = "peerview.person";

/** Forgets all that was kept, if it was kept for somebody else. @param {string | null | undefined} person */
export async function keepFor(person) {
  if (!person || read(PERSON) === person) return;
  await clearKept();
  write(PERSON, person);
}

/** At log out the key goes too; its session is over. */
export async function clearBrowser() {
  await browserKey.clear().catch(() => undefined);
  await clearKept();
}

async function clearKept() {
  await posters.clear();
  try {
    localStorage.clear();
    sessionStorage.clear();
  } catch {
    // A browser that stores nothing has nothing to forget.
  }
}

/** The user name of whoever is signed in. */
export function personName() {
  return document.querySelector("[data-person]")?.getAttribute("data-person") ?? undefined;
}

/** @param {string} name @returns {string | null} */
export function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
export function write(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // The choice then lasts as long as the page.
  }
}
