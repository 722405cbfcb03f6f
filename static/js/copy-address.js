// <copy-address>: a button beside a link that copies where it leads. Without scripts, the link.

const SAID_FOR_MS = 2500;

class CopyAddress extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.addEventListener("click", () => this.#copy());
    button.hidden = false;
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.querySelector("a").href);
      this.#say(this.dataset.copied);
    } catch {
      // Without https there is no clipboard.
      getSelection().selectAllChildren(this.querySelector("a"));
      this.#say(this.dataset.failed);
    }
  }

  #say(words) {
    const status = this.querySelector("[role=status]");
    status.textContent = words;
    setTimeout(() => (status.textContent = ""), SAID_FOR_MS);
  }
}

customElements.define("copy-address", CopyAddress);
