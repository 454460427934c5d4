// Live view. The socket comes first: it opens while the rest is still being read.

import { socket } from "./cloud_socket.js";
import "./menu.js";
import { LiveGrid } from "./elements/live-grid.js";
import { LivePager } from "./elements/live-pager.js";
import { LiveTile } from "./elements/live-tile.js";
import { LiveTools } from "./elements/live-tools.js";

// The tap that led here: this page's time starts with it.
performance.mark("peerview:tap", { startTime: 0 });

customElements.define("live-tile", LiveTile);
customElements.define("live-pager", LivePager);
customElements.define("live-grid", LiveGrid);
customElements.define("live-tools", LiveTools);

// The first pictures first.
requestAnimationFrame(() => setTimeout(() => void import("./live_later.js"), 300));

// A page without cameras shows them once a recorder that it is about has found some.
if (document.querySelector(".empty")) {
  socket.onPresence(({ serial, cameras }) => {
    const isHere = location.pathname === "/live" || location.pathname.includes(serial);
    if (isHere && cameras.length > 0) location.reload();
  });
}

// What changes cameras is loaded with the first one that a change may help.
const mendable = new MutationObserver(async () => {
  if (!document.querySelector("[data-mendable]")) return;
  mendable.disconnect();
  const { ViewableOffer } = await import("./elements/viewable-offer.js");
  customElements.define("viewable-offer", ViewableOffer);
});
mendable.observe(document.body, { subtree: true, attributeFilter: ["data-mendable"] });
