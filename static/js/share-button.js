// <share-button>: the system's own share sheet where there is one, else the address is copied.

const SAID_FOR_MS = 2500;

class ShareButton extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => this.#share());
  }

  async #share() {
    const url = document.querySelector("link[rel=canonical]")?.href ?? location.href;
    const title = document.querySelector("h1")?.textContent ?? document.title;
    const isTouch = matchMedia("(pointer: coarse)").matches;
    try {
      if (isTouch && navigator.share) return await navigator.share({ title, url });
      await navigator.clipboard.writeText(url);
      this.#say(this.dataset.copied);
    } catch (error) {
      // Without https there is no clipboard: then at least the address is there to be copied.
      if (error.name !== "AbortError") this.#say(url);
    }
  }

  #say(words) {
    const status = this.querySelector("[role=status]");
    status.textContent = words;
    setTimeout(() => (status.textContent = ""), SAID_FOR_MS);
  }
}

customElements.define("share-button", ShareButton);
