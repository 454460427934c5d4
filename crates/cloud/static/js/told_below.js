// Messages below the tools of Live view: the result of Capture and Record, and the next steps.

/** @param {string} words @param {File} [file] Offered to be saved. @param {boolean} [isKept] Whether Pictures and videos has it. */
export function tellBelow(words, file, isKept = file !== undefined) {
  const place = document.querySelector(".told");
  const status = place?.querySelector("[role=status]");
  const save = place?.querySelector(".told__save");
  const all = place?.querySelector(".told__all");
  if (!(save instanceof HTMLAnchorElement) || !(all instanceof HTMLElement) || !status) return;
  // Said again even if it is the same: a screen reader hears only a change.
  status.textContent = "";
  requestAnimationFrame(() => (status.textContent = words));
  if (save.href) URL.revokeObjectURL(save.href);
  save.removeAttribute("href");
  save.hidden = !file;
  if (file) [save.href, save.download] = [URL.createObjectURL(file), file.name];
  all.hidden = !isKept;
}
