// App lock, before anything of a page is drawn: a page that was left for too long gives way to /locked. No module, and
// loaded before the style sheets' pages are painted, because a module would run after the first picture of the page.

(() => {
  const HEARTBEAT_MS = 15_000;
  const root = document.documentElement;

  /** @param {string} name */
  const read = (name) => {
    try {
      return localStorage.getItem(`peerview.${name}`);
    } catch {
      // A browser that stores nothing has no lock either.
      return null;
    }
  };
  /** @param {string} name @param {string} value */
  const write = (name, value) => {
    try {
      localStorage.setItem(`peerview.${name}`, value);
    } catch {
      // A full phone: the page then locks sooner, never later.
    }
  };

  /** Whether somebody has to prove who they are. A clock that was set back counts as a long time. */
  const isDue = () => {
    const minutes = Number(/"minutes":(\d+)/.exec(read("lock") ?? "")?.[1] ?? 0);
    const away = Date.now() - Number(read("lock.left"));
    return read("lock.is") === "locked" || away < 0 || away >= minutes * 60_000;
  };
  const isHere = () => read("lock") !== null && location.pathname !== "/locked";
  const leave = () => {
    if (isHere() && read("lock.is") !== "locked") write("lock.left", String(Date.now()));
  };
  /** Covers the page, and uncovers it for whoever was away for a short time. */
  const look = () => {
    if (!isHere()) return root.removeAttribute("data-covered");
    if (!isDue()) {
      leave();
      root.removeAttribute("data-covered");
      return;
    }
    root.setAttribute("data-covered", "");
    write("lock.is", "locked");
    location.replace(`/locked#${location.pathname}${location.search}`);
  };

  look();
  addEventListener("pageshow", look);
  addEventListener("focus", look);
  addEventListener("pagehide", leave);
  // A laptop that sleeps hides no page, but its clock goes on.
  setInterval(() => document.hidden || look(), HEARTBEAT_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return look();
    leave();
    // Covered before it is seen again, and in the list of open apps.
    if (isHere()) root.setAttribute("data-covered", "");
  });
})();
