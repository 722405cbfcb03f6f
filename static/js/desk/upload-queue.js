// Uploads take turns: a few at a time, in the order in which they came. While there are any,
// leaving the page asks first.

const AT_ONCE = 3;

export class UploadQueue {
  #waiting = [];
  #running = 0;
  #onChange;

  // `onChange` is called whenever one is over.
  constructor(onChange) {
    this.#onChange = onChange;
    addEventListener("beforeunload", (event) => {
      if (this.isBusy) event.preventDefault();
    });
  }

  get isBusy() {
    return this.#running > 0 || this.#waiting.length > 0;
  }

  // `work` starts when it is its turn, and is over when its promise is.
  add(work) {
    this.#waiting.push(work);
    this.#next();
  }

  // Whoever waits no more; what runs already is not ours to stop.
  drop(work) {
    this.#waiting = this.#waiting.filter((one) => one !== work);
  }

  async #next() {
    if (this.#running >= AT_ONCE || this.#waiting.length === 0) return;
    this.#running += 1;
    const work = this.#waiting.shift();
    try {
      await work();
    } finally {
      this.#running -= 1;
      this.#next();
      this.#onChange();
    }
  }
}
