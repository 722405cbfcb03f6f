// Text and preview show the same part of the story. The blocks of the preview say from which line
// they came; a hidden copy of the text says where on the page each line stands.

const NEAR_PX = 2; // a scroll of our own comes back as an event, rounded

export class Follower {
  #field;
  #pane;
  #mirror = document.createElement("div");
  #measured = "";
  #tops = [];
  #set = new Map();
  #goesBy = "text"; // the side that was scrolled last, or the caret
  #keys = 0;
  #isTyping = false; // until what was typed last has moved the text, in the frame after it
  #isTouched = false; // before that, the caret stands where nobody has put it
  #frame = 0;

  constructor(field, pane) {
    this.#field = field;
    this.#pane = pane;
    this.#mirror.className = "editor__mirror";
    this.#mirror.setAttribute("aria-hidden", "true");
    field.after(this.#mirror);
    field.addEventListener("scroll", () => this.#scrolled(field));
    pane.addEventListener("scroll", () => this.#scrolled(pane));
    field.addEventListener("focus", () => {
      this.#isTouched = true;
    });
    field.addEventListener("input", () => {
      this.#goesBy = "caret";
      this.#isTyping = true;
      const key = (this.#keys += 1);
      const rest = () => {
        if (key === this.#keys) this.#isTyping = false;
      };
      requestAnimationFrame(() => requestAnimationFrame(rest));
    });
    // Pictures that arrive move what stands below them.
    pane.addEventListener("load", () => this.follow(), true);
    new ResizeObserver(() => this.follow()).observe(pane);
  }

  follow() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#follow());
  }

  // When the view changes: somebody who reads wants to see what they have just written.
  followCaret() {
    if (!this.#isTouched) return;
    this.#goesBy = "caret";
    this.follow();
  }

  #scrolled(side) {
    const set = this.#set.get(side);
    this.#set.delete(side);
    if (!this.#field.clientWidth) return; // hidden: there is nothing to follow
    if (set !== undefined && Math.abs(set - side.scrollTop) <= NEAR_PX) return;
    // The field that scrolls because somebody types in it goes by the caret still.
    if (side === this.#field && this.#isTyping) return;
    this.#goesBy = side === this.#field ? "text" : "preview";
    this.follow();
  }

  #follow() {
    if (!this.#pane.checkVisibility()) return;
    if (!this.#measure()) {
      if (this.#goesBy === "caret") this.#showLine();
      return;
    }
    const places = this.#places();
    if (places.length < 2) return;
    if (this.#goesBy === "preview") {
      const [y, share] = this.#reading(this.#pane);
      this.#show(this.#field, between(places, y, "shown", "typed"), share);
    } else {
      const [y, share] = this.#goesBy === "text" ? this.#reading(this.#field) : this.#caret();
      this.#show(this.#pane, between(places, y, "typed", "shown"), share);
    }
  }

  // The height at which one reads: the top at the start of the text, the bottom at its end.
  #reading({ scrollTop, scrollHeight, clientHeight }) {
    const most = scrollHeight - clientHeight;
    const share = most > 0 ? scrollTop / most : 0;
    return [scrollTop + share * clientHeight, share];
  }

  #caret() {
    const { value, selectionEnd, scrollTop, clientHeight } = this.#field;
    const line = this.#caretLine();
    const start = value.lastIndexOf("\n", selectionEnd - 1) + 1;
    const end = value.indexOf("\n", selectionEnd);
    const length = (end < 0 ? value.length : end) - start;
    const part = length ? (selectionEnd - start) / length : 0;
    const y = this.#tops[line] + part * (this.#tops[line + 1] - this.#tops[line]);
    return [y, Math.min(1, Math.max(0, (y - scrollTop) / clientHeight))];
  }

  // The text is hidden, so that nothing in it has a height: the block itself is brought into view.
  #showLine() {
    const line = this.#caretLine();
    const blocks = [...this.#pane.querySelectorAll("[data-line]")];
    blocks.findLast((block) => Number(block.dataset.line) <= line)?.scrollIntoView({ block: "center" });
    this.#goesBy = "text";
  }

  #caretLine() {
    return this.#field.value.slice(0, this.#field.selectionEnd).split("\n").length - 1;
  }

  #show(side, y, share) {
    const top = Math.round(Math.max(0, Math.min(y - share * side.clientHeight, side.scrollHeight - side.clientHeight)));
    if (Math.abs(top - side.scrollTop) < 1) return;
    this.#set.set(side, top);
    side.scrollTop = top;
  }

  // Where each block begins, in the text and in the preview, both from the top of what scrolls.
  #places() {
    const zero = this.#pane.getBoundingClientRect().top - this.#pane.scrollTop;
    const blocks = [...this.#pane.querySelectorAll("[data-line]")].map((block) => ({
      line: Number(block.dataset.line),
      shown: block.getBoundingClientRect().top - zero,
    }));
    blocks.sort((a, b) => a.line - b.line || a.shown - b.shown);
    const places = [{ typed: 0, shown: 0 }];
    for (const { line, shown } of blocks) {
      const typed = this.#tops[line];
      const last = places.at(-1);
      // Notes stand at the end of the page wherever they were typed: only what goes on counts.
      if (typed > last.typed && shown > last.shown) places.push({ typed, shown });
    }
    places.push({
      typed: Math.max(this.#field.scrollHeight, this.#field.clientHeight),
      shown: Math.max(this.#pane.scrollHeight, this.#pane.clientHeight),
    });
    return places;
  }

  // A text field does not say where its lines stand: a copy of it with the same face does.
  #measure() {
    const { value, clientWidth } = this.#field;
    if (!clientWidth) return false;
    const key = `${clientWidth} ${value}`;
    if (key === this.#measured) return true;
    this.#mirror.style.inlineSize = `${clientWidth}px`;
    const lines = value.split("\n").map((line) => {
      const row = document.createElement("div");
      row.textContent = line || "\u200b";
      return row;
    });
    this.#mirror.replaceChildren(...lines);
    this.#tops = lines.map((row) => row.offsetTop);
    this.#tops.push(this.#mirror.scrollHeight);
    this.#mirror.replaceChildren();
    this.#measured = key;
    return true;
  }
}

// A height of one side as a height of the other.
function between(places, y, from, to) {
  const next = places.findIndex((place) => place[from] > y);
  const after = places[next < 1 ? (next === 0 ? 1 : places.length - 1) : next];
  const before = places[places.indexOf(after) - 1];
  const share = (y - before[from]) / Math.max(1, after[from] - before[from]);
  return before[to] + Math.min(1, Math.max(0, share)) * (after[to] - before[to]);
}
