// The page around the text: which view, the panel, the counts.

const VIEW_KEY = "desk-view";
const PANEL_KEY = "desk-panel";
const SPLIT_FROM_PX = 1100;

const form = document.getElementById("post_form");
const views = [...document.querySelectorAll("[data-view][aria-pressed]")];
const fold = document.querySelector("[aria-controls=panel]");

function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Not kept then.
  }
}

function show(view) {
  form.dataset.view = view;
  for (const button of views) button.setAttribute("aria-pressed", button.dataset.view === view);
  form.dispatchEvent(new CustomEvent("desk:view"));
}

for (const button of views) {
  button.addEventListener("click", () => {
    show(button.dataset.view);
    remember(VIEW_KEY, button.dataset.view);
  });
}

function showPanel(isOpen) {
  form.dataset.panel = isOpen ? "open" : "closed";
  fold.setAttribute("aria-expanded", isOpen);
}

fold.addEventListener("click", () => {
  const isOpen = form.dataset.panel !== "open";
  showPanel(isOpen);
  remember(PANEL_KEY, isOpen ? "open" : "closed");
});

showPanel(remembered(PANEL_KEY) !== "closed");
show(remembered(VIEW_KEY) ?? (innerWidth >= SPLIT_FROM_PX ? "split" : "write"));

// Enter in a field of the panel would press the first button of the page, whatever it is.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input:not([type=file]), .desk__line")) {
    event.preventDefault();
  }
});

// The quiet line below.

function say(name, count) {
  const place = document.querySelector(`[data-status=${name}]`);
  const { text, textOne } = place.dataset;
  place.textContent = count === 1 && textOne ? textOne : text.replace("{}", count);
  return place;
}

form.addEventListener("desk:counts", ({ detail }) => {
  say("words", detail.words);
  say("minutes", detail.minutes);
  say("pictures", detail.pictures).hidden = detail.pictures === 0;
});

form.addEventListener("desk:trouble", ({ detail }) => {
  document.querySelector("[data-status=trouble]").textContent = detail;
});
