// Completes an @handle while it is typed: a list of people, and the field keeps the focus. A <textarea>
// may not call itself a combobox (ARIA in HTML): it stays a text field that says which option is meant.

const ASK_AFTER_MS = 150;
const BEGUN = /(?:^|[^\w@/.+-])@(\w{0,30})$/;

let lists = 0;

export class Mentions {
  #field;
  #list;
  #status;
  #place;
  #timer = 0;
  #asking;
  #active = -1;

  constructor(field, list, status, place) {
    this.#field = field;
    this.#list = list;
    this.#status = status;
    this.#place = place;
    list.id = `people-${(lists += 1)}`;
    field.closest(".field").append(list, status);
    field.ariaAutoComplete = "list";
    field.ariaHasPopup = "listbox";
    field.setAttribute("aria-controls", list.id);
    field.addEventListener("input", (event) => event.isComposing || this.#later());
    field.addEventListener("compositionend", () => this.#later());
    field.addEventListener("keydown", (event) => event.isComposing || this.#press(event));
    field.addEventListener("blur", () => this.#close());
    field.addEventListener("click", () => this.#close());
    // Pressed, not clicked: a click would come after the field has lost the focus.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", ({ target }) => this.#take(target.closest("[role=option]")));
  }

  /** What has been typed of a handle before the caret; null where none is being typed. */
  #begun() {
    const { value, selectionStart, selectionEnd } = this.#field;
    if (selectionStart !== selectionEnd) return null;
    return value.slice(0, selectionStart).match(BEGUN)?.[1] ?? null;
  }

  #later() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    if (this.#begun() === null) return this.#close();
    this.#timer = setTimeout(() => this.#ask(), ASK_AFTER_MS);
    return undefined;
  }

  async #ask() {
    const asking = (this.#asking = new AbortController());
    const parent = this.#field.form.elements.parent?.value ?? "";
    const url = `${this.#place}?${new URLSearchParams({ q: this.#begun() ?? "", parent })}`;
    try {
      const answer = await fetch(url, { signal: asking.signal, headers: { Accept: "application/json" } });
      const { people } = answer.ok ? await answer.json() : { people: [] };
      // An answer that was overtaken by a newer question says nothing.
      if (asking.signal.aborted || document.activeElement !== this.#field) return;
      if (people.length) this.#show(people);
      else this.#close();
    } catch {
      // Offline, or called off: a handle can be typed to its end.
    }
  }

  #show(people) {
    this.#list.replaceChildren(...people.map((one, number) => this.#option(one, number)));
    this.#list.hidden = false;
    this.#choose(-1);
    const { one, many } = this.#status.dataset;
    this.#say(people.length === 1 ? one : many.replace("{}", people.length));
  }

  #option({ handle, name }, number) {
    const option = document.createElement("div");
    option.className = "people__one";
    option.role = "option";
    option.ariaSelected = "false";
    option.id = `${this.#list.id}-${number}`;
    option.dataset.handle = handle;
    const face = document.createElement("bdi");
    face.textContent = name;
    const at = document.createElement("span");
    at.className = "people__handle";
    at.dir = "ltr";
    at.textContent = `@${handle}`;
    option.append(face, " ", at);
    return option;
  }

  #press(event) {
    if (this.#list.hidden) return;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") this.#move(key === "ArrowDown" ? 1 : -1);
    else if (key === "Escape") this.#close();
    else if ((key === "Enter" || key === "Tab") && this.#active >= 0) this.#take(this.#options[this.#active]);
    else return;
    event.preventDefault();
  }

  /** From the field through the options and back to the field. */
  #move(step) {
    const places = this.#options.length + 1;
    this.#choose(((this.#active + 1 + step + places) % places) - 1);
  }

  #choose(number) {
    this.#options[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = number;
    const option = this.#options[number];
    if (!option) return this.#field.removeAttribute("aria-activedescendant");
    option.ariaSelected = "true";
    option.scrollIntoView({ block: "nearest" });
    this.#field.setAttribute("aria-activedescendant", option.id);
    return undefined;
  }

  #take(option) {
    if (!option) return;
    const { value, selectionStart: end } = this.#field;
    const begun = this.#begun() ?? "";
    const rest = /^\s/.test(value.slice(end)) ? "" : " ";
    this.#close();
    this.#field.setSelectionRange(end - begun.length, end);
    // Old, but the one way to type into a field so that the browser's undo takes it back.
    if (document.execCommand("insertText", false, option.dataset.handle + rest)) return;
    this.#field.setRangeText(option.dataset.handle + rest, end - begun.length, end, "end");
    this.#field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    if (this.#list.hidden) return;
    this.#choose(-1);
    this.#list.hidden = true;
    this.#say("");
  }

  #say(words) {
    this.#status.textContent = words;
  }

  get #options() {
    return [...this.#list.children];
  }
}
