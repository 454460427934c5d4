// <filter-list>: a search field that hides the items of a list whose text does not contain it.

export class FilterList extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input");
    const items = [...this.querySelectorAll("[data-filter]")].filter((item) => item instanceof HTMLElement);
    field?.addEventListener("input", () => {
      const wanted = field.value.trim().toLowerCase();
      for (const item of items) item.hidden = !item.dataset.filter?.toLowerCase().includes(wanted);
      const empty = this.querySelector("[data-none]");
      if (empty instanceof HTMLElement) empty.hidden = items.some((item) => !item.hidden);
    });
    if (field) this.querySelector("[data-needs-script]")?.removeAttribute("hidden");
  }
}
