// <reading-switches>: what pages do on this device, and what they leave.

const KEY = "reading-off";
const PLACES = "places";

class ReadingSwitches extends HTMLElement {
  #elsewhere = ""; // what the publication or the account has switched off: no device has it back

  connectedCallback() {
    const off = this.#read();
    const all = document.documentElement.dataset.off;
    this.#elsewhere ||= all.slice(0, all.length - off.join(" ").length);
    for (const box of this.#boxes) {
      box.disabled = this.#elsewhere.includes(box.name);
      box.checked = !box.disabled && !off.includes(box.name);
    }
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
    const off = this.#boxes.filter((box) => !box.checked && !box.disabled).map((box) => box.name);
    // For this page; the next one reads it anew.
    document.documentElement.dataset.off = this.#elsewhere + off.join(" ");
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
