// <focal-point>: what crops keep of a picture, by a press on it or with the arrow keys. The two
// numbers, named by `data-x` and `data-y`, are the fields that are sent; without scripts, or
// where they may not be changed, this is a picture.

const STEP_PERCENT = 10;
const FINE_STEP_PERCENT = 1;

class FocalPoint extends HTMLElement {
  #picture;
  #mark;
  #fields;

  connectedCallback() {
    this.#picture = this.querySelector("[data-part=picture]");
    this.#mark = this.querySelector("[data-part=mark]");
    this.#fields = [this.dataset.x, this.dataset.y].map((id) => document.getElementById(id));
    if (!this.#fields.every(Boolean)) return;
    for (const [name, value] of [["role", "slider"], ["tabindex", 0], ["aria-valuemin", 0], ["aria-valuemax", 100]]) {
      this.#picture.setAttribute(name, value);
    }
    this.#mark.hidden = false;
    this.querySelector("[data-part=help]").hidden = false;
    this.#picture.addEventListener("pointerdown", (event) => this.#drag(event));
    this.#picture.addEventListener("keydown", (event) => this.#step(event));
    for (const field of this.#fields) field.addEventListener("input", () => this.#show());
    this.#show();
  }

  get #place() {
    return this.#fields.map(({ value }) => inside(value === "" ? 50 : Number(value)));
  }

  #drag(event) {
    if (event.button !== 0) return;
    this.#picture.setPointerCapture(event.pointerId);
    const follow = ({ clientX, clientY }) => {
      const { left, top, width, height } = this.#picture.getBoundingClientRect();
      this.#set([((clientX - left) / width) * 100, ((clientY - top) / height) * 100]);
    };
    follow(event);
    this.#picture.addEventListener("pointermove", follow);
    const stop = () => this.#picture.removeEventListener("pointermove", follow);
    this.#picture.addEventListener("pointerup", stop, { once: true });
    this.#picture.addEventListener("pointercancel", stop, { once: true });
  }

  #step(event) {
    const step = event.shiftKey ? FINE_STEP_PERCENT : STEP_PERCENT;
    const moves = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, -step],
      ArrowDown: [0, step],
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#set(this.#place.map((percent, axis) => percent + move[axis]));
  }

  #set(place) {
    this.#fields.forEach((field, axis) => {
      field.value = Math.round(inside(place[axis]));
    });
    this.#fields[0].dispatchEvent(new Event("input", { bubbles: true }));
  }

  #show() {
    const [x, y] = this.#place;
    this.#mark.style.left = `${x}%`;
    this.#mark.style.top = `${y}%`;
    this.#picture.setAttribute("aria-valuetext", this.dataset.text.replace("{x}", x).replace("{y}", y));
    this.#picture.setAttribute("aria-valuenow", x);
    const thumb = this.closest(".words")?.querySelector(".words__thumb");
    if (!thumb) return;
    thumb.dataset.focusX = Math.round(x / 10);
    thumb.dataset.focusY = Math.round(y / 10);
  }
}

function inside(percent) {
  return Math.min(100, Math.max(0, percent));
}

customElements.define("focal-point", FocalPoint);
