// <search-box>: proposes stories, authors and subjects while one types. Wraps the real form, which
// works without it. A combobox as the ARIA Authoring Practices describe it.

const ASK_AFTER_MS = 150;
const SAY_AFTER_MS = 600;

let options = 0;

class SearchBox extends HTMLElement {
  #input;
  #list;
  #status;
  #timer = 0;
  #saying = 0;
  #asking = new AbortController();
  #active = -1;

  connectedCallback() {
    if (this.#input) return;
    this.#input = this.querySelector("input[type=search]");
    this.#list = this.#make("div", "search__list", { role: "listbox", ariaLabel: this.dataset.label });
    this.#list.id = "search-suggestions";
    this.#list.hidden = true;
    this.#status = this.#make("p", "visually-hidden", { role: "status" });
    this.append(this.#list, this.#status);
    this.#input.role = "combobox";
    this.#input.ariaAutoComplete = "list";
    this.#input.ariaExpanded = "false";
    this.#input.setAttribute("aria-controls", this.#list.id);
    this.#listen();
  }

  #listen() {
    const input = this.#input;
    input.addEventListener("input", (event) => {
      clearTimeout(this.#timer);
      this.#asking.abort();
      // What is not a word yet (Chinese, Japanese, Korean as they are typed) is not asked for.
      if (!event.isComposing) this.#timer = setTimeout(() => this.#ask(), ASK_AFTER_MS);
    });
    input.addEventListener("compositionend", () => this.#ask());
    input.addEventListener("keydown", (event) => !event.isComposing && this.#press(event));
    input.addEventListener("blur", () => this.#close());
    // Pressed, not clicked: a click would come after the field has lost the focus.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#open(option);
    });
    input.form.addEventListener("submit", () => this.#rest());
  }

  /** A search that is on its way has nothing proposed any more. */
  #rest() {
    this.#close();
    // Only what a person looked for counts as missed: `search-miss` asks for this.
    try {
      sessionStorage.setItem("searched", this.#input.value.trim().replace(/\s+/g, " "));
    } catch {
      // A browser that keeps nothing.
    }
  }

  async #ask() {
    this.#asking.abort();
    const words = this.#input.value.trim();
    if (!words) return this.#close();
    const asking = (this.#asking = new AbortController());
    try {
      const url = `${this.dataset.url}?${new URLSearchParams({ q: words })}`;
      const answer = await fetch(url, { signal: asking.signal, credentials: "same-origin" });
      const found = answer.ok ? await answer.json() : null;
      // An answer that was overtaken by a newer question says nothing.
      if (asking.signal.aborted || document.activeElement !== this.#input) return;
      if (found) this.#show(found);
      else this.#close();
    } catch {
      // Offline, or called off: the form still searches.
    }
  }

  #show({ stories, authors, tags }) {
    const groups = [
      [this.dataset.stories, stories],
      [this.dataset.authors, authors],
      [this.dataset.tags, tags],
    ].filter(([, found]) => found.length);
    this.#list.replaceChildren(...groups.map(([name, found]) => this.#group(name, found)));
    this.#active = -1;
    this.#input.removeAttribute("aria-activedescendant");
    this.#list.hidden = groups.length === 0;
    this.#input.ariaExpanded = String(groups.length > 0);
    this.#say();
  }

  #group(name, found) {
    const group = this.#make("div", "", { role: "group", ariaLabel: name });
    const title = this.#make("div", "search__group", { role: "presentation" });
    title.textContent = name;
    group.append(title, ...found.map((one) => this.#option(one)));
    return group;
  }

  #option({ text, url, language }) {
    const option = this.#make("div", "search__option", { role: "option", ariaSelected: "false" });
    option.id = `search-option-${(options += 1)}`;
    option.textContent = text;
    option.dataset.url = url;
    option.dir = "auto";
    if (language) option.lang = language;
    return option;
  }

  #press(event) {
    if (event.key === "Escape") {
      if (!this.#list.hidden) event.preventDefault(); // the words stay
      this.#close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.#list.hidden) this.#ask();
      else this.#move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && this.#active >= 0) {
      event.preventDefault();
      this.#open(this.#options[this.#active]);
    }
  }

  /** From the field through the options and back to the field. */
  #move(step) {
    const all = this.#options;
    all[this.#active]?.setAttribute("aria-selected", "false");
    const places = all.length + 1;
    this.#active = ((this.#active + 1 + step + places) % places) - 1;
    const option = all[this.#active];
    if (!option) return this.#input.removeAttribute("aria-activedescendant");
    option.ariaSelected = "true";
    option.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", option.id);
  }

  #open(option) {
    location.assign(option.dataset.url);
  }

  #close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#saying);
    this.#asking.abort();
    this.#list.hidden = true;
    this.#active = -1;
    this.#input.ariaExpanded = "false";
    this.#input.removeAttribute("aria-activedescendant");
  }

  /** How many there are, once somebody pauses. */
  #say() {
    clearTimeout(this.#saying);
    this.#saying = setTimeout(() => {
      const count = this.#list.hidden ? 0 : this.#options.length;
      const { none, one, many } = this.dataset;
      this.#status.textContent =
        count === 0 ? none : count === 1 ? one : many.replace("{count}", count);
    }, SAY_AFTER_MS);
  }

  get #options() {
    return [...this.#list.querySelectorAll("[role=option]")];
  }

  #make(tag, name, about) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    return Object.assign(element, about);
  }
}

customElements.define("search-box", SearchBox);
