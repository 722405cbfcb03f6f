// The story as readers will see it, beside its text: written by the real renderer whenever the
// text has rested for a moment. An error leaves the last preview, and never touches the text.

import { Follower } from "./follow.js";

const PREVIEW_DELAY_MS = 160;
// What the desk alone says of a block; and AVIF widths, which come a moment after the picture.
const OURS = / data-(?:line|missing)="[^"]*"|<source type="image\/avif"[^>]*>/g;

export class Preview {
  #field;
  #form;
  #words;
  #say;
  #body = document.querySelector("[data-preview=body]");
  #follower;
  #timer = 0;
  #asking;
  #typed = 1; // which version of the text stands in the field …
  #shown = 0; // … and which one in the preview
  #hasSaid = false; // what others have said is not ours to take away

  // `words` are the sentences of the page; `say` shows one, or takes the last away.
  constructor(field, words, say) {
    this.#field = field;
    this.#form = field.form;
    this.#words = words;
    this.#say = say;
    this.#follower = new Follower(field, document.querySelector(".writing__preview"));
    field.addEventListener("input", () => this.#changed());
    this.#form.addEventListener("desk:view", () => {
      this.#ask();
      this.#follower.followCaret();
    });
    this.#form.addEventListener("input", ({ target }) => {
      if (["title", "subtitle"].includes(target.name)) this.#mirror();
      if (target.name === "language") this.#changed();
    });
    // What could not be asked for without a network, or a session, can be now.
    this.#form.addEventListener("desk:saved", () => this.#ask());
    this.#ask();
  }

  #changed() {
    this.#typed += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PREVIEW_DELAY_MS);
  }

  #mirror() {
    for (const name of ["title", "subtitle"]) {
      const shown = document.querySelector(`[data-preview=${name}]`);
      const text = this.#form.elements[name].value;
      shown.textContent = text;
      shown.hidden = !text;
    }
  }

  // Only the newest text is shown: an older answer that comes late was called off.
  async #ask() {
    this.#mirror();
    const version = this.#typed;
    if (this.#shown === version) return;
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const body = new FormData();
    body.append("content", this.#field.value);
    body.append("language", this.#form.elements.language.value);
    try {
      const response = await fetch(this.#field.dataset.markdownxUrlsPath, {
        method: "POST",
        body,
        headers: { "X-CSRFToken": this.#form.elements.csrfmiddlewaretoken.value, Accept: "application/json" },
        signal: asking.signal,
      });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error);
      if (version < this.#shown) return;
      this.#shown = version;
      this.#show(answer, version === this.#typed);
      if (this.#hasSaid) this.#say("");
      this.#hasSaid = false;
    } catch (error) {
      // That there is no network is said by what could not be saved.
      if (error.name === "AbortError" || !navigator.onLine) return;
      this.#hasSaid = true;
      const isOffline = error instanceof TypeError || error instanceof SyntaxError;
      this.#say(isOffline ? this.#words.textOffline : error.message);
    }
  }

  #show(answer, isNewest) {
    this.#body.lang = this.#form.elements.language.value;
    patch(this.#body, answer.html);
    this.#form.dispatchEvent(new CustomEvent("desk:counts", { detail: { ...answer, isNewest } }));
    this.#follower.follow();
  }
}

// Changes the blocks that are new and leaves the others as they stand, pictures above all. The
// HTML is the real renderer's, sanitised on the server.
function patch(body, html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  const [before, after] = [[...body.childNodes], [...box.content.childNodes]];
  let first = 0;
  while (first < before.length && first < after.length && isSame(before[first], after[first])) first += 1;
  let last = 0;
  const most = Math.min(before.length, after.length) - first;
  while (last < most && isSame(before.at(-1 - last), after.at(-1 - last))) last += 1;
  for (const node of before.slice(first, before.length - last)) node.remove();
  const place = last > 0 ? before.at(-last) : null;
  for (const node of after.slice(first, after.length - last)) body.insertBefore(node, place);
}

// The same but for the lines it came from, which the old one takes over from the new.
function isSame(old, fresh) {
  const html = (node) => (node.outerHTML ?? node.data).replaceAll(OURS, "");
  if (old.nodeType !== fresh.nodeType || html(old) !== html(fresh)) return false;
  if (old.nodeType !== Node.ELEMENT_NODE) return true;
  const marked = (node) => [node, ...node.querySelectorAll("[data-line]")];
  const lines = marked(fresh).map((one) => one.dataset.line);
  marked(old).forEach((one, index) => {
    if (lines[index] !== undefined) one.dataset.line = lines[index];
  });
  return true;
}
