// <share-links>: gives out secret links and takes them back without leaving the page, so that
// nothing typed is lost. Without scripts the same buttons send the same form.

class ShareLinks extends HTMLElement {
  #isBusy = false;

  connectedCallback() {
    const form = document.getElementById("share_form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(form, event.submitter);
    });
    this.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-copies]");
      if (button) this.#copy(button);
    });
  }

  async #send(form, button) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const isRemoval = button.hasAttribute("formaction");
    try {
      const response = await fetch(isRemoval ? button.formAction : form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new FormData(form),
      });
      this.#show(await response.json(), isRemoval);
    } catch {
      this.#say(this.dataset.textFailed);
    } finally {
      this.#isBusy = false;
    }
  }

  #show({ said, error, section }, isRemoval) {
    this.#say(said ?? error);
    if (!section) return;
    const box = document.createElement("template");
    box.innerHTML = section; // a template of ours, filled on the server
    this.querySelector("[data-role=links]").replaceChildren(box.content);
    const next = this.querySelector(isRemoval ? "[form=share_form]:not([formaction])" : "input");
    next.focus();
    if (!isRemoval) next.select();
  }

  async #copy(button) {
    const field = document.getElementById(button.dataset.copies);
    field.focus();
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      this.#say(button.dataset.textCopied);
    } catch {
      // Without https there is no clipboard: then the address is there to be copied by hand.
      this.#say(button.dataset.textSelected);
    }
  }

  #say(words) {
    this.querySelector("[data-role=said]").textContent = words;
  }
}

customElements.define("share-links", ShareLinks);
