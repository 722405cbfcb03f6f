// <reading-switches>: what pages do on this device, and what they leave.

const KEY = "reading-off";
const PLACES = "places";

class ReadingSwitches extends HTMLElement {
  connectedCallback() {
    const off = this.#read();
    for (const box of this.#boxes) box.checked = !off.includes(box.name);
    this.addEventListener("change", () => this.#write());
  }

  get #boxes() {
    return [...this.querySelectorAll("input")];
  }

  #read() {
    try {
      return (localStorage.getItem(KEY) ?? "").split(" ");
    } catch {
      return [];
    }
  }

  #write() {
    const off = this.#boxes.filter((box) => !box.checked).map((box) => box.name);
    document.documentElement.dataset.off = off.join(" "); // for this page; the next one reads it anew
    try {
      if (off.length) localStorage.setItem(KEY, off.join(" "));
      else localStorage.removeItem(KEY);
      if (off.includes("place")) localStorage.removeItem(PLACES);
    } catch {
      // Storage is switched off: nothing can be kept, and nothing is.
    }
  }
}

if (!customElements.get("reading-switches")) customElements.define("reading-switches", ReadingSwitches);
