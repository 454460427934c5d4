// <form-work data-purpose="…" data-form="…" data-working="…">: before its form is sent, fetches proof of work, solves
// it in a worker and adds it to the form. A second click meanwhile does nothing. The form is sent even if this fails:
// the cloud explains what is missing.

export class FormWork extends HTMLElement {
  #isBusy = false;

  connectedCallback() {
    this.closest("form")?.addEventListener("submit", (event) => this.#onSubmit(event));
  }

  /** @param {SubmitEvent} event */
  async #onSubmit(event) {
    const { submitter } = event;
    if (submitter instanceof HTMLButtonElement && submitter.name) return;
    event.preventDefault();
    const form = this.closest("form");
    if (this.#isBusy || !form) return;
    this.#isBusy = true;
    // Enter in a field presses a button that nobody sees.
    const button = form.querySelector("button.p");
    if (button) {
      button.setAttribute("aria-disabled", "true");
      button.textContent = this.dataset.working ?? "";
    }
    const done = await this.#work(form).catch(() => "");
    this.append(hidden("work", done));
    form.submit();
  }

  /** @param {HTMLFormElement} form */
  async #work(form) {
    const otherWay = new FormData(form).has("other_way") ? "&other_way=1" : "";
    const address = `/form-work/${this.dataset.purpose}?form=${this.dataset.form}${otherWay}`;
    const answer = await fetch(address);
    if (!answer.ok) return "";
    return inWorker(await answer.text());
  }
}

/** @param {string} text @returns {Promise<string>} */
function inWorker(text) {
  const worker = new Worker(new URL("../work_worker.js", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }) => resolve(data));
    worker.addEventListener("error", reject);
    worker.postMessage(text);
  });
}

/** @param {string} name @param {string} value */
function hidden(name, value) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = value;
  return field;
}

// A page that comes back from the browser's memory would be busy for ever.
addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("form-work")) location.reload();
});
