// <search-miss>: tells the editors what a person looked for and did not find. Only when that person
// pressed "Search" in this tab: whoever follows a link, or comes back to the page, looked for nothing.

class SearchMiss extends HTMLElement {
  connectedCallback() {
    const { words, url } = this.dataset;
    if (words && take("searched") === words) tell(url, words);
  }
}

/** What was kept under `key`, once. */
function take(key) {
  try {
    const kept = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    return kept;
  } catch {
    return null;
  }
}

async function tell(url, words) {
  try {
    const headers = { Accept: "application/json" };
    const { token } = await fetch(url, { headers, cache: "no-store" }).then((said) => said.json());
    await fetch(url, {
      method: "POST",
      headers: { ...headers, "X-CSRFToken": token },
      body: new URLSearchParams({ q: words }),
    });
  } catch {
    // Nobody is waiting for it.
  }
}

customElements.define("search-miss", SearchMiss);
