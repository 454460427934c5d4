// What this browser keeps belongs to one person: it goes at log out, and when somebody else logs in.

const PERSON = "peerview.person";

/** What a claim link said before log in (lib/kept_claim.js): it belongs to whoever logs in in this tab. */
export const CLAIM = "peerview.claim";

/** Whether this tab keeps such a claim. */
export function holdsClaim() {
  try {
    return sessionStorage.getItem(CLAIM) !== null;
  } catch {
    return false;
  }
}

/** Forgets all that was kept, if it was kept for somebody else. @param {string | null | undefined} person */
export async function keepFor(person) {
  if (!person || read(PERSON) === person) return;
  const { posters } = await import("./lib/posters.js");
  await clearKept(posters, { sparesClaim: true });
  write(PERSON, person);
}

/** @param {import("./lib/posters.js").Posters} posters @param {{sparesClaim: boolean}} what */
export async function clearKept(posters, { sparesClaim }) {
  await posters.clear();
  try {
    const claim = sparesClaim ? sessionStorage.getItem(CLAIM) : null;
    localStorage.clear();
    sessionStorage.clear();
    if (claim !== null) sessionStorage.setItem(CLAIM, claim);
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
