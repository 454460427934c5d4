// What every page may use: the menu, posters, search, password fields; and what log out takes along.

import { AppMenu } from "./elements/app-menu.js";
import { CountDown } from "./elements/count-down.js";
import { FilterList } from "./elements/filter-list.js";
import { PasswordField } from "./elements/password-field.js";
import { PosterImage } from "./elements/poster-image.js";
import { clearBrowser, keepFor } from "./person.js";

// First, so that no poster of another person is ever drawn.
await keepFor(document.querySelector("[data-person]")?.getAttribute("data-person"));

customElements.define("app-menu", AppMenu);
customElements.define("count-down", CountDown);
customElements.define("filter-list", FilterList);
customElements.define("password-field", PasswordField);
customElements.define("poster-image", PosterImage);

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset.clearsBrowser === undefined || event.defaultPrevented) return;
  event.preventDefault();
  await clearBrowser();
  form.submit();
});
