// <continue-reading>: up to three stories that this browser has a place in. A plain script in <head>, so that
// it is filled while the page is being read, before anything is painted: nothing moves.
(() => {
  const KEY = "places";
  const SHOWN = 3;
  const KEPT_MS = 90 * 24 * 3600 * 1000;

  function read() {
    try {
      if (document.documentElement.dataset.off.includes("place")) localStorage.removeItem(KEY);
      const since = Date.now() - KEPT_MS;
      return JSON.parse(localStorage.getItem(KEY) ?? "[]").filter(({ at, path }) => at > since && path.startsWith("/"));
    } catch {
      return [];
    }
  }

  class ContinueReading extends HTMLElement {
    connectedCallback() {
      const places = read().slice(0, SHOWN);
      if (!places.length || this.firstChild) return;
      const heading = this.#make("h2", "continuing__heading", this.dataset.heading);
      const list = this.#make("ul", "continuing__list");
      list.append(...places.map((place) => this.#row(place)));
      this.append(heading, list);
    }

    #row(place) {
      const row = this.#make("li", "continuing__row");
      const link = this.#make("a", "continuing__story", place.title);
      link.href = place.path;
      link.lang = place.lang;
      link.dir = place.dir;
      const done = this.#make("span", "continuing__done", this.dataset.done.replace("{}", Math.round(place.done * 100)));
      const forget = this.#make("button", "continuing__forget", "×");
      forget.type = "button";
      forget.ariaLabel = forget.title = this.dataset.forget.replace("{}", place.title);
      forget.addEventListener("click", () => this.#forget(place, row));
      row.append(link, done, forget);
      return row;
    }

    #forget({ path }, row) {
      localStorage.setItem(KEY, JSON.stringify(read().filter((one) => one.path !== path)));
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      if (next) next.querySelector("button").focus();
      else this.replaceChildren();
    }

    #make(tag, name, words = "") {
      const element = document.createElement(tag);
      element.className = name;
      element.textContent = words;
      return element;
    }
  }

  customElements.define("continue-reading", ContinueReading);
})();
