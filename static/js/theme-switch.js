// <theme-switch>: three radio buttons, auto, light and dark, kept in this browser.

const KEY = "theme";

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.#show(this.#read());
    this.addEventListener("change", (event) => this.#choose(event.target.value));
    addEventListener("storage", (event) => {
      if (event.key === KEY) this.#apply(event.newValue ?? "auto");
    });
  }

  #read() {
    try {
      return localStorage.getItem(KEY) ?? "auto";
    } catch {
      return "auto";
    }
  }

  #choose(theme) {
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Not kept then, but applied to this page.
    }
    this.#apply(theme);
  }

  #apply(theme) {
    const { dataset } = document.documentElement;
    if (theme === "auto") delete dataset.theme;
    else dataset.theme = theme;
    this.#show(theme);
  }

  #show(theme) {
    const choice = [...this.querySelectorAll("input")].find((input) => input.value === theme);
    if (choice) choice.checked = true;
  }
}

customElements.define("theme-switch", ThemeSwitch);
