// <share-button>: the system's own share sheet on a touch screen, else a small menu. Without
// this the menu is there and holds what needs no script: a mail.

const SAID_FOR_MS = 2500;

class ShareButton extends HTMLElement {
  connectedCallback() {
    this.querySelector("summary").addEventListener("click", (event) => this.#open(event));
    this.querySelector("button").addEventListener("click", () => this.#copy());
  }

  get #menu() {
    return this.querySelector("details");
  }

  get #url() {
    return document.querySelector("link[rel=canonical]")?.href ?? location.href;
  }

  async #open(event) {
    import("./menu.js"); // closes what was left open
    if (!navigator.share || !matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    try {
      await navigator.share({ title: document.querySelector("h1").textContent, url: this.#url });
    } catch (error) {
      this.#menu.open = error.name !== "AbortError";
    }
  }

  async #copy() {
    this.#menu.open = false;
    this.querySelector("summary").focus();
    try {
      await navigator.clipboard.writeText(this.#url);
      this.#say(this.dataset.copied);
    } catch {
      // Without https there is no clipboard: then at least the address is there to be copied.
      this.#say(this.#url);
    }
  }

  #say(words) {
    const status = this.querySelector("[role=status]");
    status.textContent = words;
    setTimeout(() => (status.textContent = ""), SAID_FOR_MS);
  }
}

customElements.define("share-button", ShareButton);
