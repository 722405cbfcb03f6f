// One picture on its way, as a card below the text: what it is, how far it is, what went wrong,
// and what can be done about it.

const MB = 1024 * 1024;
const KB = 1024;

// Which buttons there are in which state.
const WAYS = {
  waiting: ["cancel"],
  sending: ["cancel"],
  failed: ["retry", "remove"],
  refused: ["choose", "remove"],
  lost: ["choose", "remove"],
  taken: ["back", "remove"],
};

export function sizeOf(bytes) {
  const language = document.documentElement.lang || undefined;
  const say = (number, digits) => number.toLocaleString(language, { maximumFractionDigits: digits });
  // Rounded up, so that nothing over a limit reads as if it were the limit.
  return bytes < MB ? `${say(Math.ceil(bytes / KB), 0)} KB` : `${say(Math.ceil((bytes * 10) / MB) / 10, 1)} MB`;
}

export class UploadCard {
  #box;
  #address;

  // `ways` are what its buttons do: cancel, retry, choose, back, remove.
  constructor(template, ways) {
    this.#box = template.content.firstElementChild.cloneNode(true);
    this.#box.addEventListener("click", ({ target }) => ways[target.closest("[data-way]")?.dataset.way]?.());
  }

  get element() {
    return this.#box;
  }

  get isUnderWay() {
    return ["waiting", "sending"].includes(this.#box.dataset.state);
  }

  // The file itself, as soon as there is one; of a lost one only the name is known.
  show(name, file) {
    this.#part("name").textContent = name;
    this.#part("size").textContent = file ? sizeOf(file.size) : "";
    this.#part("bar").setAttribute("aria-label", name);
    for (const button of this.#box.querySelectorAll("[data-way]")) {
      button.setAttribute("aria-label", `${button.textContent.trim()}: ${name}`);
    }
    URL.revokeObjectURL(this.#address);
    this.#address = file ? URL.createObjectURL(file) : "";
    const thumb = this.#part("thumb");
    if (file) thumb.src = this.#address;
    thumb.hidden = !file;
    // What is no picture has no thumbnail either.
    thumb.onerror = () => {
      thumb.hidden = true;
    };
  }

  say(state, why = "") {
    this.#box.dataset.state = state;
    this.#part("why").textContent = why;
    this.#part("bar").hidden = state !== "waiting" && state !== "sending";
    if (state === "waiting") this.#part("bar").value = 0;
    const held = this.#box.contains(document.activeElement);
    for (const button of this.#box.querySelectorAll("[data-way]")) {
      button.hidden = !WAYS[state].includes(button.dataset.way);
    }
    // Whoever pressed a button that is gone stands at the next one.
    if (held) this.#box.querySelector("[data-way]:not([hidden])").focus();
  }

  // Once all bytes are there the server still makes its sizes: how long, nobody knows.
  progress(share) {
    const bar = this.#part("bar");
    if (share < 1) bar.value = share;
    else bar.removeAttribute("value");
  }

  remove() {
    URL.revokeObjectURL(this.#address);
    this.#box.remove();
  }

  #part(name) {
    return this.#box.querySelector(`[data-part=${name}]`);
  }
}
