// Exports files from the browser: to another app, or to the download folder.

/** How long a browser may take to begin a download. */
const FETCHED_MS = 60_000;

/** Whether this browser can hand files to other apps. @param {Navigator} navigator */
export function canShare(navigator) {
  const some = new File([""], "a.jpg", { type: "image/jpeg" });
  return navigator.canShare?.({ files: [some] }) ?? false;
}

/** False where it failed; a person who changes their mind is no failure. @param {Navigator} navigator @param {File[]} files */
export async function share(navigator, files) {
  try {
    if (!navigator.canShare({ files })) return false;
    await navigator.share({ files });
    return true;
  } catch (error) {
    return error instanceof Error && error.name === "AbortError";
  }
}

/** @param {File} file */
export function save(file) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: file.name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), FETCHED_MS);
}
